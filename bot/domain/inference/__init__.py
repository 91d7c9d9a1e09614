"""Criteria read out of the words of checklist items: certain, or none and the reason."""

from __future__ import annotations

from bot.domain.inference.proposing import Proposal, propose

__all__ = ["Proposal", "propose"]
