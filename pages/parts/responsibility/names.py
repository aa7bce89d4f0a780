"""What layers, models, owners and events are called, in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence

from engine.era import day, existed
from engine.responsibility import MODELS, Kind, Layer, Model, models
from pages.parts.flipped import later
from pages.parts.words import Voice


def model_name(speaker: Voice, model: Model, *, short: bool = False) -> str:
    """Name a way of running containers."""
    return speaker.say(f"responsibility.model.{model}.{'short' if short else 'name'}")


def layer_name(speaker: Voice, layer: Layer) -> str:
    """Name a layer."""
    return speaker.say(f"responsibility.layer.{layer}.name")


def kind_name(speaker: Voice, kind: Kind) -> str:
    """Name a kind of event."""
    return speaker.say(f"responsibility_year.kind.{kind}.name")


def there(speaker: Voice) -> tuple[Model, ...]:
    """Give the models that exist in the time that is spoken of."""
    return tuple(model for model in MODELS if existed(models()[model].since, day(speaker.era)))


def in_time(chosen: Sequence[Model], speaker: Voice) -> tuple[Model, ...]:
    """Keep of what is chosen what exists in the time that is spoken of; the first ones that do, where nothing is left."""
    return tuple(model for model in chosen if model in there(speaker)) or there(speaker)[: len(chosen)]


def not_there(speaker: Voice) -> None:
    """Name the models that did not exist in the time that is spoken of, with the day on which each came."""
    gone = [model for model in MODELS if model not in there(speaker)]
    said = [
        f"{model_name(speaker, model)} ({speaker.say('era.came', date=speaker.date(models()[model].since))})"
        for model in gone
    ]
    later(speaker, said)


def since(speaker: Voice, model: Model) -> str:
    """Say since when one may choose a model; "" where it was there before the talk."""
    day = models()[model].since
    return speaker.say("responsibility.since", date=speaker.date(day)) if day else ""
