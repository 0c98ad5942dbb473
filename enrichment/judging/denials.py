"""Spans in which a text denies that AI was used: ``police found no sign of a cloned voice``.

The words are data (``facts_data/denials.yaml``). A denial that points back (``no sign of that``) counts where
its sentence, or the one before, supposes that AI was used. A denial that software was used at all counts for
every AI named before it.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from operator import itemgetter

from enrichment.extraction.forms import form
from enrichment.extraction.phrases import load
from enrichment.judging.features import Span


def denials(text: str, sentences: Sequence[Span]) -> list[Span]:
    """Return the spans from the first to the last word of each denial, in order; they may overlap.

    ``sentences`` are the spans of the text's sentences, in order.
    """
    small = text.lower()
    if len(small) != len(text):  # letters that change their length would shift every place
        return []
    patterns = _patterns()
    spans = [match.span() for match in patterns["named"].finditer(small)]
    for match in patterns["whole"].finditer(small):
        named = patterns["ai"].search(small, 0, match.start())
        spans += [(named.start(), match.end())] if named is not None else []
    for match in patterns["back"].finditer(small):
        place = bisect_right(sentences, match.start(), key=itemgetter(0)) - 1
        begin = sentences[max(place - 1, 0)][0] if sentences else 0
        before = small[begin : match.start()]
        named = patterns["ai"].search(before)
        if named is not None and patterns["supposed"].search(before):
            spans.append((begin + named.start(), match.end()))
    return sorted(spans)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    data = load("denials")
    written = {name: data[name] for name in ("named", "whole", "back", "supposed")} | {"ai": ["<ai>"]}
    return {name: form("|".join(forms), data["lists"], re.NOFLAG) for name, forms in written.items()}
