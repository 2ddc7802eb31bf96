"""Commentary as managers write it: figures, dates, words of direction; another text for every measure of a return."""

from __future__ import annotations

import random
from decimal import Decimal

TITLES = (
    *("Invoices paid within 30 days", "Potholes repaired on time", "Household waste sent for recycling"),
    *("Corporate complaints answered in time", "Days lost to sickness absence", "Visits to libraries"),
    *("Council tax collected", "Rent arrears of current tenants", "Tenants satisfied with repairs"),
    *("Children who became looked after", "Planning applications decided in time", "Staff turnover"),
    *("Missed bin collections", "Homes let within 25 days", "People helped to stay at home"),
    *("Fly-tips removed within two days", "New affordable homes completed", "Calls answered within a minute"),
)
_MONTHS = ("April", "May", "June", "July", "August", "September", "October", "November", "December", "January")
_TEAMS = ("contact centre", "north area team", "duty team", "repairs contractor", "finance service", "new provider")
_CAUSES = ("two vacant posts", "the move to the new system", "sickness in the team", "the wet weather", "late invoices")
_SENTENCES = (
    "{title} stands at {figure}, against {other} in the quarter before.",
    "Performance is {figure} this quarter, which is close to what was expected after {cause}.",
    "The figure has {moved} since {month}, mainly because of {cause}.",
    "In {month} the {team} closed {count} of {more} cases, and {few} are still open.",
    "There were {count} cases in {month} and {more} in the whole quarter; about a third came in during one week.",
    "We are {points} percentage points {side} the regional average of {share}%.",
    "The {team} took on {few} officers on {day} {month} {year}, and the backlog is down from {more} to {count}.",
    "Demand {moved} by some {share}% compared with the same period last year.",
    "Costs of £{money}k were met from the reserve, and £{few}.{few}m remains for {year}/{next}.",
    "{Team} data for {month} is not yet complete, as {cause} held up {count} records.",
    "Results vary between wards: {few} of the {several} are above target and the others within {points} points of it.",
    "Following the review in Q{quarter}, letters go out within {few} days and {share} per cent are answered at once.",
    "The national figures for {year}-{next} are due in {month}; until then we compare ourselves with our neighbours.",
    "Managers meet every week to go through the cases that have been open for more than {several} days.",
    "No single cause stands out, and we expect the position to recover by the end of {month} {year}.",
)
_ACTIONS = (
    "Recruit to {few} posts by the end of {month} {year}; interviews are on {day} {month}.",
    "The {team} reviews all {count} open cases each week and reports to the director.",
    "Agree a recovery plan with the {team}: weekend work, {few} temporary officers and {share}% by {month}.",
    "Move {few} officers from the {team} until the backlog of {count} is below {several}.",
)


def commentary(chance: random.Random, title: str, figure: str, other: str) -> str:
    """Two to four sentences about a measure, which quote its figure as often as not."""
    chosen = chance.sample(_SENTENCES, chance.choice((2, 2, 3, 3, 4)))
    return " ".join(_filled(chance, sentence, title, figure, other) for sentence in chosen)


def action(chance: random.Random) -> str:
    """A sentence or two about what is being done."""
    chosen = chance.sample(_ACTIONS, chance.choice((1, 2)))
    return " ".join(_filled(chance, sentence, "", "", "") for sentence in chosen)


def _filled(chance: random.Random, sentence: str, title: str, figure: str, other: str) -> str:
    year, count, team = chance.randint(2031, 2033), chance.randint(12, 480), chance.choice(_TEAMS)
    return sentence.format(
        title=title,
        figure=figure,
        other=other,
        cause=chance.choice(_CAUSES),
        moved=chance.choice(("risen", "fallen", "increased", "dropped", "improved")),
        month=chance.choice(_MONTHS),
        team=team,
        Team=team.capitalize(),
        count=count,
        more=f"{count + chance.randint(20, 2400):,}",
        few=chance.randint(2, 9),
        several=chance.randint(10, 40),
        points=Decimal(chance.randint(5, 60)) / 10,
        side=chance.choice(("above", "below")),
        share=chance.randint(20, 95),
        day=chance.randint(1, 28),
        year=year,
        next=(year + 1) % 100,
        money=chance.randint(15, 900),
        quarter=chance.randint(1, 4),
    )
