"""Words of languages that have no reader of their own, and of those that have one where num2words lacks the word.

All are by language without its region. A reader's own attributes come before them.
"""

from __future__ import annotations

MINUS = {
    **dict.fromkeys(("af", "hr", "bs", "eu", "ia", "la", "lb", "mt", "sq", "uz", "tk", "io", "lfn"), "minus"),
    **dict.fromkeys(("bg", "mk", "kk", "ky", "tt", "ba", "cv"), "минус"), "be": "мінус", "sr": "minus",
    "am": "ሲቀነስ", "an": "menos", "ar": "سالب", "bn": "মাইনাস", "cmn": "负", "el": "μείον", "et": "miinus",
    "ga": "míneas", "gu": "માઈનસ", "he": "מינוס", "hi": "माइनस", "ht": "mwens", "hy": "մինուս", "ja": "マイナス",
    "ka": "მინუს", "kn": "ಮೈನಸ್", "ml": "മൈനസ്",
    "mr": "मायनस", "ms": "negatif", "my": "အနုတ်", "ne": "माइनस", "or": "ମାଇନସ", "pa": "ਮਾਈਨਸ", "pap": "menos",
    "sd": "منفي", "si": "සෘණ", "sw": "hasi", "ta": "மைனஸ்", "te": "మైనస్", "th": "ลบ", "tr": "eksi", "ur": "منفی",
    "vi": "âm", "yue": "負",
}  # fmt: skip
"""Said before a negative number."""
POINT = {
    "ar": "فاصلة", "ca": "coma", "fa": "ممیز", "he": "נקודה", "ja": "てん", "th": "จุด", "tr": "virgül", "vi": "phẩy",
}  # fmt: skip
"""Between a whole number and its decimals, where neither num2words nor espeak-ng says it as people do."""
DECIMALS_TOGETHER = frozenset({"tr"})
"""3,14 is three comma fourteen."""
PERCENT = {"ar": "بالمئة", "ja": "パーセント", "th": "เปอร์เซ็นต์"}
"""Where espeak-ng has no word for `%`."""
CURRENCIES = {
    "ar": {"USD": "دولار"},
    "da": {"DKK": "kroner"},
    "hu": {"HUF": "forint"},
    "id": {"IDR": "rupiah"},
    "nb": {"NOK": "kroner"},
    "ro": {"RON": "lei"},
    "sv": {"SEK": "kronor"},
    "bn": {"INR": "টাকা", "BDT": "টাকা", "USD": "ডলার"},
    "cmn": {"CNY": "元", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元"},
    "he": {"ILS": "שקלים", "USD": "דולר", "EUR": "אירו"},
    "hi": {"INR": "रुपये", "USD": "डॉलर", "GBP": "पाउंड", "JPY": "येन"},
    "ja": {"USD": "ドル", "GBP": "ポンド", "JPY": "えん", "CNY": "げん", "KRW": "ウォン"},
    "ko": {"KRW": "원", "USD": "달러", "GBP": "파운드", "JPY": "엔", "CNY": "위안", "EUR": "유로"},
    "th": {"THB": "บาท", "USD": "ดอลลาร์", "GBP": "ปอนด์", "JPY": "เยน"},
    "tr": {"TRY": "lira", "USD": "dolar", "GBP": "sterlin", "EUR": "avro"},
    "vi": {"VND": "đồng", "USD": "đô la"},
    "yue": {"CNY": "元", "USD": "美元", "EUR": "歐元", "GBP": "英鎊", "JPY": "日圓"},
}
"""Shorter than CLDR's names, which say whose dollars they are."""
LOCAL_MONEY = {
    "da": ("kr", "DKK"),
    "hu": ("Ft", "HUF"),
    "id": ("Rp", "IDR"),
    "nb": ("kr", "NOK"),
    "ro": ("lei", "RON"),
    "sv": ("kr", "SEK"),
    "tr": ("TL", "TRY"),
    "vi": ("đ", "VND"),
}
"""What stands beside an amount in one language only, and its code."""
BEFORE_AMOUNTS = {"kr", "Rp"}
"""Those of them that may stand before it, as in kr. 50; after `lei. 5` a sentence ends."""
HOURS_WITH_STOP = {
    "da": r"kl\.?|klokken",
    "fi": "klo|kello",
    "id": "pukul|jam",
    "nb": r"kl\.?|klokken",
    "sv": r"kl\.?|klockan",
}
"""Words after which 14.30 is a time."""
PERCENT_FIRST = {"tr": "yüzde"}
"""Languages in which the sign stands before the number."""
DECIMAL_MONEY = frozenset({"cmn", "ja", "ko", "yue"})
"""Languages that say five point five dollars, and not five dollars fifty."""
YEN = {"cmn": "CNY", "yue": "CNY"}
"""What ¥ is, where it is no yen."""
ADDRESSES = {
    "ca": ("punt", "arrova", "barra"), "cs": ("tečka", "zavináč", "lomeno"), "da": ("punktum", "snabel-a", "skråstreg"),
    "fi": ("piste", "ät", "kauttaviiva"), "hr": ("točka", "et", "kosa crta"), "hu": ("pont", "kukac", "per"),
    "id": ("titik", "et", "garis miring"), "nb": ("punktum", "krøllalfa", "skråstrek"),
    "ro": ("punct", "arond", "slash"), "sk": ("bodka", "zavináč", "lomka"), "sl": ("pika", "afna", "poševnica"),
    "sv": ("punkt", "snabel-a", "snedstreck"), "sw": ("nukta", "at", "mkwaju"), "tr": ("nokta", "et", "eğik çizgi"),
    "uk": ("крапка", "собачка", "слеш"), "vi": ("chấm", "a còng", "gạch chéo"),
}  # fmt: skip
"""How `.`, `@` and `/` are read in addresses."""
EVERYWHERE = {"Dr.": "Dr", "Prof.": "Prof"}
"""Abbreviations whose full stop ends no sentence in any language of Latin letters."""
ABBREVIATIONS = {
    "ca": {"Sr.": "senyor", "Sra.": "senyora", "Dr.": "doctor", "Dra.": "doctora", "etc.": "etcètera.",
           "p. ex.": "per exemple", "núm.": "número", "pàg.": "pàgina", "av.": "avinguda"},
    "cs": {"Dr.": "doktor", "Prof.": "profesor", "Ing. A": "inženýr", "Mgr. A": "magistr", "Bc. A": "bakalář",
           "např.": "například", "tzv.": "takzvaný", "atd.": "a tak dále.", "apod.": "a podobně.", "tj.": "to jest",
           "tzn.": "to znamená", "č. #": "číslo", "str. #": "strana", "sv. A": "svatý", "ul. A": "ulice",
           "nám. A": "náměstí", "tel.": "telefon", "hod.": "hodin.", "r. #": "roku",
           "př. n. l.": "před naším letopočtem.", "n. l.": "našeho letopočtu."},
    "da": {"Dr.": "doktor", "Prof.": "professor", "f.eks.": "for eksempel", "bl.a.": "blandt andet", "kl. #": "klokken",
           "ca.": "cirka", "nr. #": "nummer", "osv.": "og så videre.", "m.m.": "med mere.", "dvs.": "det vil sige",
           "tlf.": "telefon", "# mio.": "millioner.", "# mia.": "milliarder."},
    "fi": {"esim.": "esimerkiksi", "ts.": "toisin sanoen", "jne.": "ja niin edelleen.", "klo #": "kello",
           "n. #": "noin", "mm.": "muun muassa", "ns.": "niin sanottu", "prof.": "professori", "tri A": "tohtori",
           "puh.": "puhelin", "s. #": "sivu"},
    "he": {'ד"ר': "דוקטור", 'ארה"ב': "ארצות הברית"},
    "hr": {"Dr.": "doktor", "Prof.": "profesor", "npr.": "na primjer", "itd.": "i tako dalje.", "tzv.": "takozvani",
           "tj.": "to jest", "br. #": "broj", "str. #": "stranica", "ul. A": "ulica", "sv. A": "sveti"},
    "hu": {"Dr.": "doktor", "Prof.": "professzor", "pl.": "például", "stb.": "satöbbi.", "kb.": "körülbelül",
           "ún.": "úgynevezett", "ill.": "illetve", "tel.": "telefon"},
    "nb": {"Dr.": "doktor", "Prof.": "professor", "f.eks.": "for eksempel", "bl.a.": "blant annet", "kl. #": "klokken",
           "ca.": "cirka", "nr. #": "nummer", "osv.": "og så videre.", "m.m.": "med mer.", "dvs.": "det vil si",
           "tlf.": "telefon", "# mill.": "millioner.", "# mrd.": "milliarder."},
    "el": {"π.χ.": "παραδείγματος χάρη", "κ.λπ.": "και λοιπά.", "κ.ά.": "και άλλα.", "κ. A": "κύριος",
           "αρ. #": "αριθμός", "σελ. #": "σελίδα", "δηλ.": "δηλαδή", "τηλ.": "τηλέφωνο"},
    "id": {"dll.": "dan lain-lain.", "dsb.": "dan sebagainya.", "dr. A": "dokter", "Jl. A": "jalan", "No. #": "nomor",
           "tgl. #": "tanggal", "hlm. #": "halaman"},
    "ro": {"Dr.": "doctor", "Prof.": "profesor", "de ex.": "de exemplu", "etc.": "et cetera.", "nr. #": "numărul",
           "str. A": "strada", "dl. A": "domnul", "dna. A": "doamna", "pag. #": "pagina", "Sf. A": "sfântul"},
    "sk": {"Dr.": "doktor", "Prof.": "profesor", "Ing. A": "inžinier", "napr.": "napríklad", "tzv.": "takzvaný",
           "atď.": "a tak ďalej.", "apod.": "a podobne.", "t. j.": "to jest", "č. #": "číslo", "str. #": "strana",
           "sv. A": "svätý", "ul. A": "ulica"},
    "sv": {"Dr.": "doktor", "Prof.": "professor", "t. ex.": "till exempel", "bl. a.": "bland annat", "kl. #": "klockan",
           "dvs.": "det vill säga", "d.v.s.": "det vill säga", "osv.": "och så vidare.", "o.s.v.": "och så vidare.",
           "m. m.": "med mera.", "ca.": "cirka", "nr. #": "nummer", "s. k.": "så kallad", "tel.": "telefon",
           "f. d.": "före detta", "fr. o. m.": "från och med", "t. o. m.": "till och med", "sid. #": "sidan",
           "dr A": "doktor", "# milj.": "miljoner.", "# mdr": "miljarder"},
    "sw": {"Dr.": "daktari", "Dkt.": "daktari", "Prof.": "profesa", "Bw.": "bwana", "Bi.": "bibi", "Mh.": "mheshimiwa",
           "n.k.": "na kadhalika.", "k.m.": "kwa mfano", "k.v.": "kama vile", "Mt. A": "mtakatifu"},
    "tr": {"Dr.": "doktor", "Prof.": "profesör", "Doç.": "doçent", "Av. A": "avukat", "Sn. A": "sayın",
           "vb.": "ve benzeri.", "vs.": "vesaire.", "örn.": "örneğin", "bkz.": "bakınız", "Cad.": "caddesi",
           "Sok.": "sokak", "Mah.": "mahallesi", "No. #": "numara", "Tel.": "telefon", "s. #": "sayfa",
           "yy.": "yüzyıl.", "M.Ö.": "milattan önce", "M.S.": "milattan sonra"},
    "uk": {"вул.": "вулиця", "просп.": "проспект", "пл. A": "площа", "ім. A": "імені", "м. A": "місто", "# р.": "року.",
           "# рр.": "років.", "та ін.": "та інші.", "і т. д.": "і так далі.", "і т. п.": "і тому подібне.",
           "т. зв.": "так званий", "напр.": "наприклад", "проф.": "професор", "д-р": "доктор", "№": "номер",
           "грн": "гривень", "тис.": "тисяч", "млн": "мільйонів", "млрд": "мільярдів", "буд. #": "будинок",
           "кв. #": "квартира", "тел.": "телефон", "н. е.": "нашої ери.", "до н. е.": "до нашої ери.",
           "с. #": "сторінка", "див.": "дивись", "ст. #": "стаття"},
    "vi": {"TP.": "thành phố", "TS.": "tiến sĩ", "ThS.": "thạc sĩ", "GS.": "giáo sư", "PGS.": "phó giáo sư",
           "BS.": "bác sĩ", "v.v.": "vân vân.", "Q. #": "quận", "P. #": "phường", "Dr.": "doctor"},
}  # fmt: skip
"""As `Reader.abbreviations`."""
ORDINALS = {
    **dict.fromkeys(("da", "fi", "hu", "nb", "sl"), r"(?<![\w.,:-])(\d{1,3})\.(?=\s[a-zåäöæøáéíóőúűčšž])"),
    "sv": r"(?<![\w.,:-])(\d{1,4}):[ae]\b",
    "tr": r"(?<![\w.,:-])(\d{1,4})\.(?=\s[a-zçğıöşü])",
}
"""How ordinals are written in digits, where num2words has the words."""
DAYS_AS_ORDINALS = frozenset({"sv"})
"""Languages in which the day of a month is an ordinal without a mark."""
OPERATORS = {
    "ca": {"×": "per"},
    "cs": {"×": "krát"},
    "da": {"×": "gange"},
    "el": {"×": "επί"},
    "fi": {"×": "kertaa"},
    "id": {"×": "kali"},
    "nb": {"×": "ganger"},
    "ro": {"×": "ori"},
    "sk": {"×": "krát"},
    "sv": {"×": "gånger"},
    "tr": {"×": "çarpı"},
    "uk": {"×": "на"},
    "vi": {"×": "nhân"},
    "de": {"×": "mal", "÷": "geteilt durch", "±": "plus minus"},
    "es": {"×": "por", "÷": "entre", "±": "más menos"},
    "fr": {"×": "fois", "÷": "divisé par", "±": "plus ou moins"},
    "it": {"×": "per", "÷": "diviso", "±": "più o meno"},
    "nl": {"×": "keer", "÷": "gedeeld door", "±": "plus min"},
    "pl": {"×": "razy", "÷": "podzielić przez", "±": "plus minus"},
    "pt": {"×": "vezes", "÷": "dividido por", "±": "mais ou menos"},
    "ru": {"×": "на", "÷": "разделить на", "±": "плюс минус"},
}
"""Signs between numbers, where espeak-ng is silent."""
