"""Asterisk's telephone prompts, from two Debian packages a language: the corpora `allison` and `asterisk`."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tts.corpora import debian
from tts.corpora.corpus import Corpus, Recording, from_file
from tts.errors import UserError

BY_ALLISON = "Allison Smith (voice), Digium, Inc. (Asterisk core sounds)"
SHARE_ALIKE, BY = "CC-BY-SA-3.0", "CC-BY-3.0"


@dataclass(frozen=True)
class Prompts:
    """One language's."""

    code: str
    """Of the language, in the packages' names."""
    folder: str
    """Of the recordings."""
    speaker: str
    licence: str
    credits: str
    mismatched: frozenset[str] = frozenset()
    """Prompts whose sound differs from the transcript."""
    corrections: Mapping[str, str] = field(default_factory=dict)
    """By the word as the transcripts write it."""

    @property
    def packages(self) -> tuple[str, str]:
        return f"asterisk-core-sounds-{self.code}", f"asterisk-core-sounds-{self.code}-g722"

    @property
    def transcripts(self) -> str:
        return f"core-sounds-{self.code}.txt.gz"


ENGLISH = Prompts(
    "en", "en_US_f_Allison", "allison", SHARE_ALIKE, BY_ALLISON,
    frozenset({"demo-instruct", "vm-intro"}),  # another wording; a tone after the words
    {
        "umute": "unmute", "witheld": "withheld", "fourtieth": "fortieth", "Un-indentified": "Unidentified",
        "exclaimation-point": "exclamation point", "*": "star", "#": "pound", "xray": "x-ray",
    },
)  # fmt: skip
SPANISH = Prompts(
    "es", "es_MX_f_Allison", "allison", SHARE_ALIKE, BY_ALLISON,
    corrections={
        "trés": "tres", "numbre": "nombre", "contrasenia": "contraseña", "defeto": "defecto",
        "introdusca": "introduzca", "mesaje": "mensaje", "demonstracion": "demostración", "atravez": "a través",
        "paracambiar": "para cambiar",
        "atras": "atrás", "autenticacion": "autenticación", "busqueda": "búsqueda", "buzon": "buzón",
        "codigo": "código", "comunicare": "comunicaré", "conexion": "conexión", "configuracion": "configuración",
        "contrasena": "contraseña", "contrasenas": "contraseñas", "decimo": "décimo", "demostracion": "demostración",
        "despues": "después", "dieciseis": "dieciséis", "dolar": "dólar", "dolares": "dólares",
        "duodecimo": "duodécimo", "duracion": "duración", "estandar": "estándar", "esten": "estén",
        "exclamacion": "exclamación", "extension": "extensión", "fisico": "físico", "grabacion": "grabación",
        "guion": "guión", "informacion": "información", "intentare": "intentaré", "introduccion": "introducción",
        "invalida": "inválida", "invalido": "inválido", "linea": "línea", "manana": "mañana",
        "miercoles": "miércoles", "millon": "millón", "minimos": "mínimos", "numero": "número",
        "numerico": "numérico", "opcion": "opción", "proximo": "próximo", "provision": "provisión",
        "rapidamente": "rápidamente", "reproduccion": "reproducción", "sabado": "sábado", "septimo": "séptimo",
        "tambien": "también", "tecnica": "técnica", "telefono": "teléfono", "telefonico": "telefónico",
        "tendra": "tendrá", "trigesimo": "trigésimo", "ultimo": "último", "undecimo": "undécimo", "util": "útil",
        "valido": "válido", "veintidos": "veintidós", "veintiseis": "veintiséis", "veintitres": "veintitrés",
        "vigesimo": "vigésimo", "posicion": "posición",
        "mas": "más", "comenzara": "comenzará", "ingresara": "ingresará", "navegara": "navegará",
        "sera": "será", "unira": "unirá", "uniran": "unirán", "ayudaran": "ayudarán", "vacias": "vacías",
        "guiare": "guiaré", "estan": "están", "lider": "líder",
    },
)  # fmt: skip
FRENCH = Prompts(
    "fr", "fr_CA_f_June", "june", SHARE_ALIKE, "June Wallack (voice), Digium, Inc. (Asterisk core sounds)",
    corrections={
        "présentemnet": "présentement", "Telephoner": "Téléphoner", "desirez": "désirez", "premieres": "premières",
        "n'etes": "n'êtes", "conctact": "contacte", "Pous": "Pour", "acceuil": "accueil", "rappler": "rappeler",
        "desole": "désolé", "presentement": "présentement", "problemes": "problèmes", "numero": "numéro",
        "Quebec": "Québec", "echo": "écho", "felicitation": "félicitations",
        "ecouter": "écouter", "reessayer": "réessayer", "appellant": "appelant", "arobas": "arobase",
    },
)  # fmt: skip
ITALIAN = Prompts(
    "it", "it_IT_m_Carlo", "carlo", BY,
    "Carlo Flora (voice), Silvia Petrin (text), Digium, Inc. (Asterisk core sounds)",
    corrections={"sar?": "sarà", "pu?": "può", "cos?": "così", "pi?": "più", "E'": "È"},
)  # fmt: skip
RUSSIAN = Prompts(
    "ru", "ru_RU_f_IvrvoiceRU", "ivrvoice", BY, "IvrvoiceRU (voice), Maxim Topal, Digium, Inc. (Asterisk core sounds)"
)
LANGUAGES = {"en-us": ENGLISH, "es-419": SPANISH, "fr-fr": FRENCH, "it": ITALIAN, "ru": RUSSIAN}
"""By espeak-ng's name."""


@dataclass(frozen=True)
class Asterisk(Corpus):
    """Some 23 minutes of one speaker in each language, studio quality, 16 kHz.

    Raises
    ------
    UserError: there are none in the language.
    """

    downloads: str
    """Folder that the packages are fetched and unpacked into."""
    root: str | None = None
    """Folder with the two packages (.deb) or their unpacked files, where they cannot be fetched."""
    layout: Literal["asterisk", "allison"] = "asterisk"
    name: str = "asterisk"
    language: str = "es-419"
    """Language of the prompts: en-us, es-419, fr-fr (Canadian), it or ru."""
    licence: str = ""
    """Empty for that of the language's prompts."""
    credits: str = ""
    """Empty for those of the language's prompts."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "licence", self.licence or self.prompts.licence)
        object.__setattr__(self, "credits", self.credits or self.prompts.credits)

    @property
    def prompts(self) -> Prompts:
        """Those that are read."""
        if self.language not in LANGUAGES:
            raise UserError(f"corpus.language={self.language}: corpus={self.layout} has {', '.join(LANGUAGES)}")
        return LANGUAGES[self.language]

    def __iter__(self) -> Iterator[Recording]:
        prompts = self.prompts
        tree = debian.tree(prompts.packages, prompts.transcripts, self.downloads, self.root)
        sounds = next((p for p in sorted(tree.rglob(prompts.folder)) if p.is_dir()), None)
        listing = next(iter(sorted(tree.rglob(prompts.transcripts))), None)
        if sounds is None or listing is None:
            missing = prompts.folder + "/" if sounds is None else prompts.transcripts
            raise UserError(f"{tree}: no {missing} in it; expected the packages {' and '.join(prompts.packages)}")
        transcripts = _transcripts(listing, prompts.corrections)
        files = sorted(sounds.rglob("*.g722"))
        if not files:
            raise UserError(f"{sounds}: no .g722 file in it; the package {prompts.packages[1]} holds them")
        for path in files:
            prompt = path.relative_to(sounds).with_suffix("").as_posix()
            text = transcripts.get(prompt, "")
            if text and prompt not in prompts.mismatched:
                yield from_file(prompt.replace("/", "-"), prompts.speaker, text, path)


@dataclass(frozen=True)
class Allison(Asterisk):
    """About 24 minutes of one speaker, studio quality, 16 kHz: the English prompts."""

    layout: Literal["asterisk", "allison"] = "allison"
    name: str = "allison"
    language: str = "en-us"
    """How the English prompts are read."""
    licence: str = SHARE_ALIKE
    credits: str = BY_ALLISON

    @property
    def prompts(self) -> Prompts:
        """The English ones, in whatever language they are read."""
        return ENGLISH


def _transcripts(listing: Path, corrections: Mapping[str, str]) -> dict[str, str]:
    """Prompt → text. Texts that only describe a sound, in brackets, come out empty."""
    try:
        lines = gzip.decompress(listing.read_bytes()).decode("utf-8-sig").splitlines()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UserError(f"{listing}: not a gzipped transcript ({error})") from error
    texts = {}
    for line in lines:
        prompt, colon, text = line.partition(": ")
        if colon and not line.startswith(";"):
            texts[prompt.strip()] = _speech(text, corrections)
    return texts


def _speech(text: str, corrections: Mapping[str, str]) -> str:
    text = re.sub(r"\[[^\]]*\]|\([^)]*\)", "", text)
    return re.sub(r"^\.\.\. ", "", " ".join(_corrected(word, corrections) for word in text.split()))


def _corrected(word: str, corrections: Mapping[str, str]) -> str:
    """The word as it should be written, before whatever stands after it, and with a capital where it had one."""
    for marks in ("", ".,;:!", ".,;:!?"):  # some corrections are of a question mark within a word
        core = word.rstrip(marks) if marks else word
        if core in corrections:
            return corrections[core] + word[len(core) :]
    lower = core.lower()
    return corrections[lower].capitalize() + word[len(core) :] if lower in corrections else word
