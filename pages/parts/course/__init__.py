"""The course of a chapter, below its experiment: predict, lock, run, compare, explain; a quiz; challenges."""

from pages.parts.course.course import course_of

__all__ = ["course_of"]
