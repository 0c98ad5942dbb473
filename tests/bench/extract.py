"""Pages a second of our whole HTML reading in bulk mode, against trafilatura alone on the same pages.

Run: ``python -m tests.bench.extract [--pages 200] [--workers 2]``. The pages are generated and fictional.
"""

import argparse
import json
import random
import time
from collections.abc import Callable

import trafilatura

from collectors.errors import ItemError
from collectors.records import Document
from collectors.sandbox.pool import Sandbox
from collectors.text import read_html

PROSE = """The officers said that a caller used a copied voice of the director to ask for an urgent transfer
and staff at the harbour office paid before checking with the bank which later froze part of the money while
the investigation into the forged video meeting goes on and training for finance teams begins next month"""
WORDS = PROSE.lower().split()


def _sentence(chance: random.Random) -> str:
    words = " ".join(chance.choices(WORDS, k=chance.randint(9, 26)))
    return words.capitalize() + "."


def _paragraph(chance: random.Random) -> str:
    text = " ".join(_sentence(chance) for _ in range(chance.randint(2, 6)))
    return f'<p class="body-copy">{text} <a href="/topic/{chance.randint(1, 99)}">{_sentence(chance)}</a></p>'


def _menu(chance: random.Random, entries: int) -> str:
    links = "".join(
        f'<li class="item"><a class="link" href="/s/{number}">{" ".join(chance.choices(WORDS, k=3))}</a></li>'
        for number in range(entries)
    )
    return f"<ul>{links}</ul>"


def _teasers(chance: random.Random, count: int) -> str:
    return "".join(
        f'<div class="teaser"><img src="/i/{n}.jpg" alt=""><h3><a href="/a/{n}">{_sentence(chance)}</a></h3>'
        f"<span class='when'>{chance.randint(2, 20)} hours ago</span></div>"
        for n in range(count)
    )


def page(seed: int) -> bytes:
    """Return one article page of 30 to 80 kB; every fourth states its date only in words."""
    chance = random.Random(seed)
    day = f"2025-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
    title = _sentence(chance)[:80]
    body = "".join(_paragraph(chance) for _ in range(chance.randint(8, 40)))
    data = json.dumps(
        {"@context": "https://schema.org", "@type": "NewsArticle", "headline": title, "datePublished": day}
    )
    dated = f'<script type="application/ld+json">{data}</script>' if seed % 4 else ""
    script = "var q=[];" + "".join(
        f'q.push({{"id":{n},"v":"{chance.random()}"}});' for n in range(chance.randint(150, 500))
    )
    return f"""<!doctype html><html lang="en-GB"><head><meta charset="utf-8">
<title>{title} | Harbour Post</title><meta property="og:title" content="{title}">
<meta property="og:site_name" content="Harbour Post">
<link rel="canonical" href="https://harbour.example/a/{seed}?utm_source=x">{dated}
<style>{".a{color:red}" * 200}</style><script>{script}</script></head><body>
<header><nav>{_menu(chance, 60)}</nav></header><div class="wrap"><main><article><h1>{title}</h1>
<p class="byline">By a reporter, published on {day}</p>{body}</article></main>
<aside>{_teasers(chance, 25)}</aside></div><section class="more">{_teasers(chance, 20)}</section>
<footer>{_menu(chance, 40)}<p>Copyright Harbour Post</p></footer><script>{script[: len(script) // 2]}</script>
</body></html>""".encode()


def _alone(payload: bytes) -> object:
    return trafilatura.bare_extraction(
        payload.decode(), favor_precision=True, with_metadata=True, include_comments=False
    )


def _rate(count: int, work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


def main() -> None:
    """Print both rates and their ratio."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pages", type=int, default=200)
    options.add_argument("--workers", type=int, default=2)
    chosen = options.parse_args()
    pages = [page(seed) for seed in range(chosen.pages)]
    print(f"{len(pages)} pages, {sum(map(len, pages)) / len(pages) / 1000:.0f} kB each")  # noqa: T201 - a benchmark prints
    _alone(pages[0])
    alone = _rate(len(pages), lambda: [_alone(payload) for payload in pages])
    single = _rate(
        len(pages), lambda: [read_html(payload, "text/html", "https://harbour.example/") for payload in pages]
    )
    tasks = [(payload, "text/html", "https://harbour.example/x") for payload in pages]
    with Sandbox(chosen.workers) as sandbox:
        list(sandbox.map(read_html, tasks[: 2 * chosen.workers]))
        results: list[Document | ItemError] = []
        bulk = _rate(len(pages), lambda: results.extend(sandbox.map(read_html, tasks)))
    failed = sum(isinstance(result, ItemError) for result in results)
    print(f"trafilatura with metadata, one process   {alone:6.1f} pages/s")  # noqa: T201 - a benchmark prints
    print(f"read_html, one process                   {single:6.1f} pages/s")  # noqa: T201 - a benchmark prints
    print(f"read_html, {chosen.workers} sandboxed workers          {bulk:6.1f} pages/s, {failed} failed")  # noqa: T201 - a benchmark prints
    print(f"bulk / trafilatura alone                 {bulk / alone:6.2f}")  # noqa: T201 - a benchmark prints


if __name__ == "__main__":
    main()
