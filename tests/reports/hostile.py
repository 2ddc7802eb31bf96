"""Texts that must stay texts, whatever document they come into."""

from __future__ import annotations

from dataclasses import replace

from perfbook.records import Quarter

MARKUP = "<w:p><b>bold</b></w:p> & <script>alert(1)</script> ]]> <!-- -->"
TAGS = "{{ 7 * 7 }} {% for x in y %} {%p endif %} {# no #} {_{ report }_} {_% %_}"
RIGHT_TO_LEFT = "\u05d0\u05d1\u05d2 \u202e123 \u0645\u0631\u062d\u0628\u0627"
EMOJI = "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467 caf\u00e9 cafe\u0301"
CONTROL = "bell\x07 null\x00 form\x0cfeed vertical\x0btab\r\nnext line\ttab"
LONG = "Thirty-two thousand letters. " * 1103 + "the end"
TEXTS = (MARKUP, TAGS, RIGHT_TO_LEFT, EMOJI, CONTROL, LONG)


def with_hostile_texts(quarter: Quarter) -> Quarter:
    """The quarter, its commentaries and actions these texts by turns, measures titled after them too."""
    observations = tuple(
        replace(each, commentary=TEXTS[place % len(TEXTS)], action=TEXTS[(place + 1) % len(TEXTS)], companion=TAGS)
        for place, each in enumerate(quarter.observations)
    )
    measures = tuple(
        replace(each, title=f"{each.title} {TEXTS[place % 4]}", code=each.code)
        for place, each in enumerate(quarter.framework.measures)
    )
    framework = replace(quarter.framework, measures=measures, council=f"{quarter.framework.council} {MARKUP} {TAGS}")
    return replace(quarter, observations=observations, framework=framework, notice=TAGS)
