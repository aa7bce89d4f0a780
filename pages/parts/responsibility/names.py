"""What layers, models, owners and events are called, in the reader's words."""

from __future__ import annotations

from engine.responsibility import Kind, Layer, Model, models
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


def since(speaker: Voice, model: Model) -> str:
    """Say since when one may choose a model; "" where it was there before the talk."""
    day = models()[model].since
    return speaker.say("responsibility.since", date=speaker.date(day)) if day else ""
