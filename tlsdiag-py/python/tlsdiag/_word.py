"""Enumerations whose members are their words."""

from __future__ import annotations

import enum
from typing import TypeVar

from tlsdiag import _native

_W = TypeVar("_W", bound="Word")


class Word(str, enum.Enum):
    """A member is a `str`: it equals its word, prints as it, and goes wherever a string goes."""

    def __str__(self) -> str:
        return _native.neutralize(self.value)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __hash__(self) -> int:
        return str.__hash__(self)

    @classmethod
    def _of(cls: type[_W], word: str) -> _W:
        """The member, or one of its own for a word of a newer version's, as a file of records may have."""
        known = cls._value2member_map_.get(word)
        if known is not None:
            return known  # type: ignore[return-value]
        stranger = str.__new__(cls, word)
        # The name is what repr() shows; a file may have any word.
        stranger._name_ = _native.neutralize(word.upper().replace(".", "_"))
        stranger._value_ = word
        return stranger
