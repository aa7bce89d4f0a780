"""Words: every text and every number on the screen, in the reader's language.

`Voice` is the pure half: a language, and how it says and writes things. The functions below it are the same
for whoever looks at the page: they ask the URL first, then the browser.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date as Date  # noqa: N812  (the page's word is `date`)
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from math import isfinite
from typing import cast

import streamlit as st
from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol

from engine import Scenario, catalog
from engine.catalog import LANGUAGES, Language
from engine.era import Era, fact_at
from engine.launch import launch_type
from pages.parts.time_machine import era

PODS = "pods."  # before the key of a text: its version where Kubernetes runs what it speaks of
LANG = "lang"  # the name in the URL, and the widget's key
_SET_ASIDE = "words.set_aside"
THIN, FIRM = "\u2009", "\u00a0"  # a space between number and unit; a space that never breaks
_NOTHING = "–"
_CITED = re.compile(r"\{=([\w.> ]+)\}")


@dataclass(frozen=True, slots=True)
class Voice:
    """A language, and how it says things. Pure: no session, no browser.

    of_pods: what is spoken of runs on Kubernetes, where a task is a pod and a host is a node: a text that has a version for
    it (`pods.<key>`, in data/texts/<lang>/pods.yaml; a section `<name>_pods` of a page's paragraphs) is said in that version.
    era: whose numbers a paragraph cites; where the talk's is another one, it is marked and today's stands beside it.
    """

    lang: Language
    of_pods: bool = False
    era: Era = "today"

    def about(self, scenario: Scenario) -> "Voice":
        """Give the voice that speaks of a scenario as its launch type's people do."""
        return replace(self, of_pods=launch_type(scenario.launch_type).is_kubernetes, era=scenario.era)

    # --- texts ---

    def say(self, key: str, **values: object) -> str:
        """Say a text from data/texts/<lang>/<file>.yaml; whole numbers among the values are written out too.

        A text with the forms `one` and `other` is chosen by `n`.  Raises KeyError for an unknown key or a
        missing value: a hole in a page is our bug, and is found by a test before a reader finds it.

        >>> Voice("en").say("furniture.assumed", n=1), Voice("es").say("furniture.assumed", n=1200)
        ('One number nobody publishes', '1200 números que nadie publica')
        """
        table = catalog.texts(self.lang)
        if self.of_pods and (f"{PODS}{key}" in table or f"{PODS}{key}.other" in table):
            key = f"{PODS}{key}"
        if key not in table and f"{key}.other" in table:
            key = f"{key}.{self._form(values)}"
        if key not in table:
            name = key.split(".", 1)[0]
            files = " and ".join(f"data/texts/{lang}/{name}.yaml" for lang in (self.lang, *_others(self.lang)))
            raise KeyError(f"no text is called {key!r}: it belongs in {files}")
        return table[key].format_map({name: self._written(value) for name, value in values.items()})

    def prose(self, page: str, section: str) -> str:
        """Give a section of data/texts/<lang>/<page>.md, as Markdown.

        A paragraph cites a number as {=elb.alb.hc_interval} or, inside a fact, {=elb.alb.detect_time out_s 1}.
        """
        sections = catalog.prose(self.lang, page)
        if self.of_pods and f"{section}_pods" in sections:
            section = f"{section}_pods"
        if section not in sections:
            raise KeyError(f"no section is called {section!r} in data/texts/{self.lang}/{page}.md")
        return self.cited(sections[section])

    def cited(self, text: str) -> str:
        """Write a text of data/ that cites facts as paragraphs do.

        >>> Voice("en").cited("Every {=elb.alb.hc_interval} s.")
        'Every 30 s.'
        """
        return _CITED.sub(lambda cited: self._cited(*cited[1].split()), text)

    def _cited(self, name: str, *keys: str) -> str:
        """Write a fact's number where a paragraph cites it, so that no paragraph outlives its fact."""
        now = self._quoted(name, *keys)
        there = fact_at(self.era, name, *keys)
        if there == (name, *keys) or (then := self._quoted(*there)) == now:
            return now
        return self.say("era.cited", then=then, now=now)

    def _quoted(self, name: str, *keys: str) -> str:
        x = catalog.number(name, *(int(key) if key.isdigit() else key for key in keys))
        return self.number(x, 0 if x == int(x) else 1)

    def filled(self, text: str) -> str:
        """Fill in the numbers that a text of data/eras.yaml cites, with as many digits as their facts have.

        >>> Voice("es").filled("{=ddb.price.ondemand write} y {=lambda.scale_rate}")
        '0,625 y 1000'
        """

        def exact(cited: re.Match[str]) -> str:
            name, *keys = cited[1].split()
            x = catalog.number(name, *keys)
            return self.number(x, len(f"{x:.6f}".rstrip("0").partition(".")[2]))

        return _CITED.sub(exact, text)

    def table(self, prefix: str) -> dict[str, str]:
        """Give all texts below a prefix, without it and unfilled: what a component in the browser needs."""
        found = _below(self.lang, f"{prefix}.")
        return found | _below(self.lang, f"{PODS}{prefix}.") if self.of_pods else dict(found)

    def _form(self, values: Mapping[str, object]) -> str:
        """Choose between one and other, as the language does."""
        count = values.get("n")
        if not isinstance(count, int | float):
            raise KeyError("a text with the forms one and other needs a number called n")
        return "one" if Locale(self.lang).plural_form(abs(count)) == "one" else "other"

    def _written(self, value: object) -> str:
        """Write whole numbers in the language; anything else has been written by who says it."""
        whole = isinstance(value, int) and not isinstance(value, bool)
        return self.number(cast("int", value)) if whole else str(value)

    # --- numbers, money, time ---

    def number(self, x: float, digits: int = 0) -> str:
        """Write a number: English 12,000.5, Spanish 12 000,5 and 1200.

        >>> [Voice("en").number(n) for n in (1200, 12000)], Voice("es").number(1200.55, 1)
        (['1,200', '12,000'], '1200,6')
        """
        return _number(self, x, digits)

    def _decimal(self, x: Decimal, digits: int) -> str:
        """Write what is rounded already."""
        fraction = f".{'0' * digits}" if digits else ""
        grouped = abs(x) >= self.number_signs()["from"]
        written = format_decimal(x, format=f"{'#,##0' if grouped else '0'}{fraction}", locale=self.lang)
        return written.replace(get_group_symbol(self.lang), self.number_signs()["group"]) if grouped else written

    def number_signs(self) -> dict[str, str | int]:
        """Tell the browser how to write numbers: the signs, and from which size on digits are grouped."""
        # Spanish groups with a space and leaves four digits alone (RAE); CLDR's full stop would read as a decimal sign.
        signs = {"en": (get_group_symbol("en"), 1000), "es": (FIRM, 10_000)}
        group, start = signs[self.lang]
        return {"group": group, "decimal": get_decimal_symbol(self.lang), "from": start}

    def money(self, usd: float, digits: int = 2) -> str:
        """Write US dollars; in Spanish with the country, since $ alone is a peso.

        >>> Voice("en").money(1.14), Voice("es").money(1.14)
        ('$1.14', 'US$1,14')
        """
        sign = "-" if usd < 0 else ""
        return f"{sign}{'$' if self.lang == 'en' else 'US$'}{self.number(abs(usd), digits)}"

    def percent(self, share: float, digits: int = 1) -> str:
        """Write a share of one. Short of the whole it never reads 100%: one lost request is not none.

        >>> Voice("en").percent(0.9999999), Voice("es").percent(0.5).replace(chr(160), " ")
        ('99.9%', '50,0 %')
        """
        if not isfinite(share):
            return _NOTHING
        rounded = _rounded(share * 100, digits)
        if rounded >= 100 > share * 100:
            rounded = Decimal(100) - Decimal(1).scaleb(-digits)
        return f"{self._decimal(rounded, digits)}{FIRM if self.lang == 'es' else ''}%"

    def seconds(self, x: float) -> str:
        """Write a duration as one would say it: 85 ms, 2.4 s, 48 s, 2 min 28 s, 1 h 5 min, 14 d 23 h.

        >>> [Voice("en").seconds(x).replace(chr(8201), " ") for x in (148, 1_291_000)]
        ['2 min 28 s', '14 d 23 h']
        """
        if not isfinite(x):
            return _NOTHING
        if x < 0:
            return f"-{self.seconds(-x)}"
        if 0 < x < 0.0995:  # from here on it rounds to 0.1 s
            return self._units((round(x * 1000), "ms"))
        if x < 9.95 and x != int(x):  # from here on it rounds to 10 s
            return f"{self.number(x, 1)}{THIN}s"
        whole = int(_rounded(x, 0))
        if whole < 60:
            return self._units((whole, "s"))
        if whole < 3600:
            return self._units((whole // 60, "min"), (whole % 60, "s"))
        if whole >= 2 * 86_400:
            hours = (whole + 1_800) // 3600
            return self._units((hours // 24, "d"), (hours % 24, "h"))
        minutes = (whole + 30) // 60
        return self._units((minutes // 60, "h"), (minutes % 60, "min"))

    def _units(self, first: tuple[int, str], *rest: tuple[int, str]) -> str:
        """Join counts and units; a nought after the first is left out."""
        parts = [first, *(part for part in rest if part[0])]
        return " ".join(f"{self.number(count)}{THIN}{unit}" for count, unit in parts)

    def clock(self, x: float) -> str:
        """Write a moment of the run as the clock shows it: 2:28, past the hour 1:02:28, past two days 14 d 6:05.

        >>> Voice("es").clock(148.9)
        '2:28'
        """
        minutes, second = divmod(int(x), 60)
        hours, minute = divmod(minutes, 60)
        if hours >= 48:
            return f"{hours // 24} d {hours % 24}:{minute:02}"
        return f"{hours}:{minute:02}:{second:02}" if hours else f"{minutes}:{second:02}"

    def date(self, iso: str) -> str:
        """Write a date, or a month, as the language does; what is neither comes back as it is.

        >>> Voice("en").date("2023-06-15"), Voice("es").date("2023-06"), Voice("es").date("2024-2026")
        ('Jun 15, 2023', 'jun 2023', '2024-2026')
        """
        if re.fullmatch(r"\d{4}-\d\d-\d\d", iso):
            return format_date(Date.fromisoformat(iso), "medium", locale=self.lang)
        if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", iso):
            return format_skeleton("yMMM", Date.fromisoformat(f"{iso}-01"), locale=self.lang)
        return iso


def _rounded(x: float, digits: int) -> Decimal:
    """Round as people do: what is written 2.5, not the binary float beneath it; ties to the even digit."""
    return Decimal(repr(float(x))).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN)


def _others(lang: Language) -> tuple[Language, ...]:
    """Name the languages that are not this one."""
    return tuple(other for other in LANGUAGES if other != lang)


def harmless(text: str, most: int = 60) -> str:
    r"""Make what a visitor typed safe to show in Markdown: plain signs only, everything special escaped, and short.

    >>> print(harmless("<b>*hi*"))
    \<b\>\*hi\*
    """
    plain = "".join(sign for sign in text if sign.isprintable())
    short = plain if len(plain) <= most else f"{plain[: most - 1]}…"
    return re.sub(r"([^\w\s.,%/…-])", r"\\\1", short)


def choose(asked: str | None, browser: str | None) -> tuple[Language, str | None]:
    """Choose a language: the one asked for, else the browser's, else English. Second: what had to be set aside.

    >>> choose(None, "es-MX"), choose("fr", "es-MX"), choose("EN", None)
    (('es', None), ('es', 'fr'), ('en', None))
    """
    known = {str(lang): lang for lang in LANGUAGES}
    wanted = (asked or "").strip().lower()
    if wanted in known:
        return known[wanted], None
    preset = known.get((browser or "").lower().split("-")[0], LANGUAGES[0])
    return preset, asked or None


# --- for whoever looks at the page -----------------------------------------------------------------------------------


def language() -> Language:
    """Give the page's language: the switch, else `?lang=`, else the browser's. An unknown one is remembered."""
    asked = st.session_state.get(LANG) or st.query_params.get(LANG)
    lang, aside = choose(asked, st.context.locale)
    if aside:
        st.session_state[_SET_ASIDE] = aside
    return lang


def set_aside() -> str | None:
    """Give the sentence about an unknown language in the URL, once; None when all is well."""
    aside = st.session_state.pop(_SET_ASIDE, None)
    return say("common.language.set_aside", came=harmless(str(aside), 12)) if aside else None


def language_switch() -> None:
    """Show the switch. It belongs to the frame around all pages, and keeps the URL's `lang` equal to itself.

    Bound by hand: a bound widget writes its label (`ES`) into the URL, and only once somebody clicked it.
    A link should carry its language from the start.
    """
    if st.session_state.get(LANG) not in LANGUAGES:
        st.session_state[LANG] = language()
    st.segmented_control(
        say("common.language.label"),
        LANGUAGES,
        format_func=str.upper,
        required=True,
        key=LANG,
        label_visibility="collapsed",
    )
    if st.query_params.get(LANG) != language():
        st.query_params[LANG] = language()


def voice() -> Voice:
    """Give the voice of the page's language."""
    return Voice(language(), era=era())


@lru_cache(maxsize=16_384)
def _number(speaker: Voice, x: float, digits: int) -> str:
    """Write a number once: a page writes eighty, and mostly those of the run before."""
    return speaker._decimal(_rounded(x, digits), digits) if isfinite(x) else _NOTHING  # noqa: SLF001 - the other half of `number`


@lru_cache(maxsize=4096)
def _below(lang: Language, start: str) -> dict[str, str]:
    """Find the texts whose keys begin so, once: there are some thousand, and a page asks thirty times a run. Not to be changed."""
    return {key.removeprefix(start): text for key, text in catalog.texts(lang).items() if key.startswith(start)}


def say(key: str, **values: object) -> str:
    """Say a text in the page's language."""
    return voice().say(key, **values)


def prose(page: str, section: str) -> str:
    """Give a section of a page's paragraphs in the page's language."""
    return voice().prose(page, section)


def table(prefix: str) -> dict[str, str]:
    """Give all texts below a prefix in the page's language."""
    return voice().table(prefix)


def number(x: float, digits: int = 0) -> str:
    """Write a number in the page's language."""
    return voice().number(x, digits)


def number_signs() -> dict[str, str | int]:
    """Tell the browser how to write numbers in the page's language."""
    return voice().number_signs()


def money(usd: float, digits: int = 2) -> str:
    """Write US dollars in the page's language."""
    return voice().money(usd, digits)


def percent(share: float, digits: int = 1) -> str:
    """Write a share of one in the page's language."""
    return voice().percent(share, digits)


def seconds(x: float) -> str:
    """Write a duration in the page's language."""
    return voice().seconds(x)


def clock(x: float) -> str:
    """Write a moment of the run."""
    return voice().clock(x)


def date(iso: str) -> str:
    """Write a date in the page's language."""
    return voice().date(iso)
