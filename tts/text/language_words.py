"""What languages other than English abbreviate and how they say what num2words and CLDR do not: the tables that
`tts.text.languages` reads by.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class LanguageWords:
    abbreviations: dict[str, str] = field(default_factory=dict)
    """Written to read. `#` at either end stands for a digit there, `A` at the end for a capital letter, `-` at the
    start for a letter. What is read ends in a full stop where a sentence may end with the abbreviation."""
    to: str = ""
    """Between the two ends of a range."""
    minus: str = ""
    clock: tuple[str, str] | None = None
    """Times of hours `{h}` and minutes `{m}`, and of whole hours."""
    hour: str = "h"
    """Regular expression of what may stand after such a time."""
    dot: str = ""
    at: str = ""
    slash: str = ""
    """Of addresses."""


DE = LanguageWords(
    abbreviations={
        "1/2": "ein halb", "½": "ein halb", "1/4": "ein Viertel", "¼": "ein Viertel", "3/4": "drei Viertel",
        "¾": "drei Viertel",
        "1 Mio.": "eine Million", "1 Mrd.": "eine Milliarde", "z. Zt.": "zurzeit", "MwSt.": "Mehrwertsteuer",
        "z. B.": "zum Beispiel", "d. h.": "das heißt", "u. a.": "unter anderem", "v. a.": "vor allem",
        "u. Ä.": "und Ähnliches.", "o. Ä.": "oder Ähnliches.", "usw.": "und so weiter.", "usf.": "und so fort.",
        "etc.": "et cetera.", "bzw.": "beziehungsweise", "bspw.": "beispielsweise", "ca.": "circa",
        "vgl.": "vergleiche", "ggf.": "gegebenenfalls", "evtl.": "eventuell", "inkl.": "inklusive",
        "exkl.": "exklusive", "zzgl.": "zuzüglich", "sog.": "sogenannte", "i. d. R.": "in der Regel",
        "s. o.": "siehe oben.", "s. u.": "siehe unten.", "z. T.": "zum Teil", "z. Z.": "zurzeit",
        "u. U.": "unter Umständen",
        "m. E.": "meines Erachtens", "i. A.": "im Auftrag", "e. V.": "e V.", "geb.": "geboren", "gest.": "gestorben",
        "Dr.": "Doktor", "Prof.": "Professor", "Dipl.-Ing.": "Diplomingenieur", "Hr.": "Herr", "Hrn.": "Herrn",
        "Fr. A": "Frau", "St. A": "Sankt", "Nr.": "Nummer", "Str.": "Straße", "-str.": "straße", "Abs.": "Absatz",
        "Art. #": "Artikel", "Bd.": "Band", "Kap.": "Kapitel", "S. #": "Seite", "Abb.": "Abbildung",
        "Aufl.": "Auflage", "Hrsg.": "Herausgeber",
        "Jh.": "Jahrhundert", "Mio.": "Millionen", "Mrd.": "Milliarden", "Tsd.": "Tausend", "Std.": "Stunden",
        "# Min.": "Minuten", "# Sek.": "Sekunden", "v. Chr.": "vor Christus.", "n. Chr.": "nach Christus.",
        "Tel.": "Telefon", "max.": "maximal", "mind.": "mindestens", "min. #": "mindestens", "Fa.": "Firma",
        "Co.": "Co",
        "Hbf.": "Hauptbahnhof.", "lt.": "laut", "gem.": "gemäß", "Jan.": "Januar", "Feb.": "Februar", "Apr.": "April",
        "Aug.": "August", "Sept.": "September", "Okt.": "Oktober", "Nov.": "November", "Dez.": "Dezember",
    },
    to="bis", minus="minus", clock=("{h} Uhr {m}", "{h} Uhr"), hour="Uhr|h", dot="Punkt", at="ät", slash="Schrägstrich",
)  # fmt: skip

FR = LanguageWords(
    abbreviations={
        "1/2": "un demi", "½": "un demi", "1/4": "un quart", "¼": "un quart", "3/4": "trois quarts",
        "¾": "trois quarts",
        "M. A": "monsieur", "MM. A": "messieurs", "Mme.": "madame", "Mlle.": "mademoiselle", "Me A": "maître",
        "Dr.": "docteur", "Dr A": "docteur", "Pr A": "professeur", "p. ex.": "par exemple", "par ex.": "par exemple",
        "etc.": "et cetera.", "c.-à-d.": "c'est-à-dire", "env.": "environ", "av. J.-C.": "avant Jésus-Christ.",
        "apr. J.-C.": "après Jésus-Christ.", "J.-C.": "Jésus-Christ.", "bd.": "boulevard", "bd A": "boulevard",
        "av.": "avenue", "tél.": "téléphone", "p. #": "page", "pp. #": "pages", "art. #": "article", "éd.": "édition",
        "vol. #": "volume", "chap.": "chapitre", "fig. #": "figure", "n° #": "numéro", "nº #": "numéro",
        "N° #": "numéro",
        "svp": "s'il vous plaît", "cf.": "confer", "janv.": "janvier", "févr.": "février", "avr.": "avril",
        "juil.": "juillet", "sept.": "septembre", "oct.": "octobre", "nov.": "novembre", "déc.": "décembre",
        "# M€": "millions d'euros", "# Md€": "milliards d'euros", "max.": "maximum.", "min.": "minimum.",
    },
    to="à", minus="moins", clock=("{h} heures {m}", "{h} heures"), hour="h|heures?",
    dot="point", at="arobase", slash="slash",
)  # fmt: skip

ES = LanguageWords(
    abbreviations={
        "# M€": "millones de euros", "1/2": "medio", "½": "medio", "1/4": "un cuarto", "¼": "un cuarto",
        "3/4": "tres cuartos", "¾": "tres cuartos",
        "Sr.": "señor", "Sra.": "señora", "Srta.": "señorita", "Sres.": "señores", "Dr.": "doctor", "Dra.": "doctora",
        "D. A": "don", "Dña.": "doña", "D.ª": "doña", "Ud.": "usted", "Uds.": "ustedes", "Vd.": "usted",
        "Vds.": "ustedes",
        "EE. UU.": "Estados Unidos.", "p. ej.": "por ejemplo", "etc.": "etcétera.", "a. C.": "antes de Cristo.",
        "d. C.": "después de Cristo.", "núm.": "número", "n.º": "número", "nº": "número", "pág.": "página",
        "págs.": "páginas", "Av.": "avenida", "Avda.": "avenida", "C/ A": "calle", "Sto.": "santo", "Sta.": "santa",
        "tel.": "teléfono", "Lic.": "licenciado", "Ing.": "ingeniero", "Prof.": "profesor", "Profa.": "profesora",
        "aprox.": "aproximadamente.", "vol. #": "volumen", "cap. #": "capítulo", "art. #": "artículo",
        "máx.": "máximo.",
        "mín.": "mínimo.", "Gral.": "general", "Cía.": "compañía.",
    },
    to="a", minus="menos", clock=("{h} y {m}", "{h} horas"), hour="h|horas?", dot="punto", at="arroba", slash="barra",
)  # fmt: skip

IT = LanguageWords(
    abbreviations={
        "1/2": "mezzo", "½": "mezzo", "1/4": "un quarto", "¼": "un quarto", "3/4": "tre quarti", "¾": "tre quarti",
        "Sig.ra": "signora", "Sig.na": "signorina", "Sig.": "signor", "Sigg.": "signori", "Dott.ssa": "dottoressa",
        "Dott.": "dottor", "Dr.": "dottor", "Prof.ssa": "professoressa", "Prof.": "professor", "Ing.": "ingegner",
        "Avv.": "avvocato", "On. A": "onorevole", "ecc.": "eccetera.", "ad es.": "ad esempio",
        "p. es.": "per esempio",
        "per es.": "per esempio", "pag.": "pagina", "pagg.": "pagine", "n. #": "numero", "n° #": "numero",
        "art. #": "articolo", "tel.": "telefono", "a. C.": "avanti Cristo.", "d. C.": "dopo Cristo.",
        "cfr.": "confronta",
        "vol. #": "volume", "cap. #": "capitolo", "ca.": "circa.", "P.za": "piazza", "V.le": "viale", "C.so": "corso",
        "max.": "massimo.", "min.": "minimo.",
    },
    to="a", minus="meno", clock=("{h} e {m}", "{h}"), hour="h", dot="punto", at="chiocciola", slash="barra",
)  # fmt: skip

PT = LanguageWords(
    abbreviations={
        "1/2": "meio", "½": "meio", "1/4": "um quarto", "¼": "um quarto", "3/4": "três quartos",
        "¾": "três quartos", "D. A": "dom",
        "Sr.": "senhor", "Sra.": "senhora", "Srta.": "senhorita", "Srs.": "senhores", "Dr.": "doutor",
        "Dra.": "doutora",
        "Prof.": "professor", "Profa.": "professora", "Exmo.": "excelentíssimo", "etc.": "et cetera.",
        "p. ex.": "por exemplo", "pág.": "página", "págs.": "páginas", "n.º": "número", "nº": "número",
        "Av.": "avenida",
        "tel.": "telefone", "a. C.": "antes de Cristo.", "d. C.": "depois de Cristo.", "aprox.": "aproximadamente.",
        "séc.": "século", "vol. #": "volume", "cap. #": "capítulo", "art. #": "artigo", "Eng. A": "engenheiro",
        "Ltda.": "limitada.", "Jr.": "júnior.", "Sto.": "santo", "Sta.": "santa", "EUA": "Estados Unidos",
    },
    to="a", minus="menos", clock=("{h} e {m}", "{h} horas"), hour="h|horas?", dot="ponto", at="arroba", slash="barra",
)  # fmt: skip

NL = LanguageWords(
    abbreviations={
        "1/2": "half", "½": "half", "1/4": "een kwart", "¼": "een kwart", "3/4": "drie kwart", "¾": "drie kwart",
        "dhr.": "de heer", "mevr.": "mevrouw", "mw.": "mevrouw", "dr.": "doctor", "prof.": "professor",
        "drs.": "doctorandus", "ir. A": "ingenieur", "ing. A": "ingenieur", "bijv.": "bijvoorbeeld",
        "bv.": "bijvoorbeeld",
        "d.w.z.": "dat wil zeggen", "enz.": "enzovoort.", "etc.": "et cetera.", "o. a.": "onder andere",
        "m. a. w.": "met andere woorden", "nr.": "nummer", "blz.": "bladzijde", "ca.": "circa",
        "i.p.v.": "in plaats van",
        "t.o.v.": "ten opzichte van", "m.b.t.": "met betrekking tot", "v. Chr.": "voor Christus.",
        "n. Chr.": "na Christus.", "tel.": "telefoon", "jl.": "jongstleden.", "a.u.b.": "alstublieft.",
        "s.v.p.": "alstublieft.", "mln.": "miljoen.", "mld.": "miljard.", "max.": "maximaal", "min. #": "minimaal",
        "incl.": "inclusief", "excl.": "exclusief", "art. #": "artikel", "St. A": "Sint", "ong.": "ongeveer",
        "evt.": "eventueel", "t/m": "tot en met",
    },
    to="tot", minus="min", clock=("{h} uur {m}", "{h} uur"), hour="uur|u", dot="punt", at="apenstaartje", slash="slash",
)  # fmt: skip

PL = LanguageWords(
    abbreviations={
        "1/2": "pół", "½": "pół", "1/4": "jedna czwarta", "¼": "jedna czwarta", "3/4": "trzy czwarte",
        "¾": "trzy czwarte",
        "mln zł": "milionów złotych", "mld zł": "miliardów złotych", "tys. zł": "tysięcy złotych",
        "np.": "na przykład", "itd.": "i tak dalej.", "itp.": "i tym podobne.", "tzn.": "to znaczy", "tj.": "to jest",
        "m.in.": "między innymi", "# r.": "roku.", "ul.": "ulica", "al. A": "aleja", "pl. A": "plac",
        "godz.": "godzina",
        "str. #": "strona", "nr #": "numer", "dr A": "doktor", "prof.": "profesor", "mgr A": "magister",
        "inż.": "inżynier",
        "ok.": "około", "tel.": "telefon", "św. A": "święty", "tys.": "tysięcy.", "mln": "milionów",
        "mld": "miliardów",
        "p.n.e.": "przed naszą erą.", "n.e.": "naszej ery.", "wg": "według", "dot.": "dotyczy", "tzw.": "tak zwany",
    },
    to="do", minus="minus", clock=("{h} {m}", "{h} zero zero"), hour="h", dot="kropka", at="małpa", slash="ukośnik",
)  # fmt: skip

RU = LanguageWords(
    abbreviations={
        "1/2": "половина", "½": "половина", "1/4": "одна четверть", "¼": "одна четверть", "3/4": "три четверти",
        "¾": "три четверти",
        "млн руб.": "миллионов рублей.", "млрд руб.": "миллиардов рублей.", "тыс. руб.": "тысяч рублей.",
        "т. е.": "то есть", "и т. д.": "и так далее.", "и т. п.": "и тому подобное.", "т. к.": "так как",
        "и др.": "и другие.", "# гг.": "годов.", "# г.": "года.", "г. A": "город", "ул.": "улица", "д. #": "дом",
        "кв. #": "квартира", "стр. #": "страница", "с. #": "страница", "тел.": "телефон", "# коп.": "копеек.",
        "тыс.": "тысяч.", "млн": "миллионов", "млрд": "миллиардов", "им. A": "имени",
        "проф.": "профессор", "напр.": "например", "см.": "смотри", "ок. #": "около", "до н. э.": "до нашей эры.",
        "н. э.": "нашей эры.", "г-н": "господин", "г-жа": "госпожа", "# мин.": "минут.", "# ч.": "часов.",
        "# сек.": "секунд.", "№": "номер",
    },
    minus="минус", clock=("{h} {m}", "{h} ноль ноль"), hour="ч", dot="точка", at="собака", slash="слэш",
)  # fmt: skip

WORDS = {"de": DE, "fr": FR, "es": ES, "it": IT, "pt": PT, "nl": NL, "pl": PL, "ru": RU}

UNITS = {
    "km/h": "kilometer-per-hour", "km/u": "kilometer-per-hour", "Go": "gigabyte", "Mo": "megabyte", "Ko": "kilobyte",
    "km": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter",
    "m/s": "meter-per-second", "km²": "square-kilometer", "km2": "square-kilometer", "m²": "square-meter",
    "m2": "square-meter", "cm²": "square-centimeter", "m³": "cubic-meter", "m3": "cubic-meter", "ha": "hectare",
    "kg": "kilogram", "g": "gram", "mg": "milligram", "t": "tonne", "l": "liter", "L": "liter", "ml": "milliliter",
    "cl": "centiliter", "°C": "celsius", "°F": "fahrenheit", "°": "degree", "kWh": "kilowatt-hour", "kW": "kilowatt",
    "MW": "megawatt", "W": "watt", "V": "volt", "kHz": "kilohertz", "MHz": "megahertz", "GHz": "gigahertz",
    "Hz": "hertz",
    "kB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte", "kcal": "kilocalorie", "min": "minute",
    "км/ч": "kilometer-per-hour", "км": "kilometer", "м": "meter", "см": "centimeter", "мм": "millimeter",
    "км²": "square-kilometer", "м²": "square-meter", "кв. м": "square-meter", "м³": "cubic-meter", "кг": "kilogram",
    "г": "gram", "мг": "milligram", "л": "liter", "мл": "milliliter", "кВт": "kilowatt", "Вт": "watt", "ч": "hour",
    "мин": "minute", "сек": "second", "Гб": "gigabyte", "ГБ": "gigabyte", "Мб": "megabyte", "МБ": "megabyte",
}  # fmt: skip
"""Written after a number, and CLDR's name of it."""
