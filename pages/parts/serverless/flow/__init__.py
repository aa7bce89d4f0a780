"""The flow: `flow_picture(data, key=…)` and the WORDS its data must bring."""

from pages.parts.serverless.flow.component import flow_picture
from pages.parts.serverless.flow.words import WORDS

__all__ = ["WORDS", "flow_picture"]
