"""What the index keeps of a card comes back as it was, whatever is in it."""

import pytest

from index.search.cards import HitSource
from index.search.fields import pack_shown, unpack_shown

WHOLE = HitSource(
    title="A cloned voice",
    date="2024-02",
    typologies=("FR-01", "FR-03"),
    countries=("GB", "HK"),
    sources=("one", "other"),
    outcome="charged",
    loss="HKD 200000000",
    refs=("aiid:147",),
    reports=2,
    incidents=("inc-1",),
    judged=True,
    keywords=("CEO fraud", "Firm"),
    texts=(("rep-1", "Title", "Text.\n\nMore."), ("rep-2", "", ""), ("rep-3", "Zwei\nZeilen", "Ünde 語 🎭")),
)


@pytest.mark.parametrize(
    "source",
    [
        HitSource(title=""),
        WHOLE,
        HitSource(title="\ud800", keywords=("\udfff",), texts=(("rep-1", "half \ud83d", "\udc00 a pair"),)),
        HitSource(title="\x00\n", texts=(("rep-1", "\n", '"]\n['),)),
    ],
)
def test_what_a_hit_shows_comes_back(source: HitSource) -> None:
    assert unpack_shown(pack_shown(source)) == source


def test_texts_are_kept_as_they_are_written() -> None:
    """Not escaped: nothing of a long text need be read through to find its end."""
    assert pack_shown(WHOLE).endswith("".join(title + text for _, title, text in WHOLE.texts).encode())
