"""What every chosen record is made of: a field that says its unit, range and source, the frozen record itself, a text in two languages."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from engine import catalog
from engine.catalog import Language


def setting(default: Any, meaning: str, *, unit: str = "", assumed: bool = False, fact: str = "", **limits: Any) -> Any:
    """Declare a field: what it means, in which unit, and whether anybody documents its default."""
    extra: dict[str, Any] = {"unit": unit} if unit else {}
    if assumed:
        extra["assumed"] = True
    if fact:
        catalog.fact(fact)  # a citation that nobody wrote down fails here, at import
        extra["fact"] = fact
    if {"ge", "gt", "le", "lt"} & set(limits):
        limits.setdefault("allow_inf_nan", False)
    return Field(default=default, description=meaning, json_schema_extra=extra, **limits)


def refusal(message: str, allowed: str) -> PydanticCustomError:
    """Make the error that a field's validator raises, so that whoever tells it also tells what would have been allowed."""
    # What is allowed is read where pydantic keeps a Literal's choices (`engine.reading.explained`).
    return PydanticCustomError("literal_error", "{message}", {"message": message, "expected": allowed})


def known_instance_type(name: str) -> str:
    """Give the name back; refuse one that is not in our table, and name some that are like it."""
    known = catalog.instance_types()
    if name not in known:
        like = [other for other in known if other.partition(".")[0] == name.partition(".")[0]] or [*known]
        raise refusal("an EC2 instance type from our table is needed", f"such as {', '.join(like[:5])}")
    return name


def known_families(names: tuple[str, ...]) -> tuple[str, ...]:
    """Give names of instance families back; refuse one of which our table holds no type."""
    known = catalog.instance_families()
    for name in names:
        if name not in known:
            raise ValueError(f"instance families from our table are needed ({', '.join(known)}), got {name}")
    return names


class Record(BaseModel):
    """A frozen record that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Both(Record):
    """A text in both languages."""

    en: str = Field(min_length=1, description="English")
    es: str = Field(min_length=1, description="Spanish")

    def text(self, lang: Language) -> str:
        """Say it in a language."""
        return self.es if lang == "es" else self.en
