"""What a keystroke costs: `python -m tests.rules.form_cost` prints processor time, in ms, as in `docs/formats/form.md`."""

import random
import time
from datetime import date

from tests.rules.form_makers import box, choice, control, flag, form, number, show, text
from van_station.rules.catalogue import Label
from van_station.rules.form_options import ListEntry, OptionList, search_options

TODAY = date(2026, 11, 22)
PAGES, FIELDS, STROKES = 10, 15, 400
KINDS = [
    text(maxLength=120),
    text(format="partial-date", **{"x-not-after-today": True}),
    choice("a", "b", "c", "d", "e"),
    number(minimum=0, maximum=1000),
    flag(),
    text(pattern="^[0-9]{4,9}$", maxLength=10),
]
RIGHT = ["Nguyễn Ví Dụ", "20/3/1954", "a", 5, True, "12345"]
WRONG = ["x" * 130, "31/4/1990", "zz", -4, False, "abc"]


def big_form():
    """Return a form of 151 fields with 30 rules, 5 cross-field checks and a calculated field."""
    names = [f"f{at}" for at in range(FIELDS)]
    rules = {6: ("f2", {"const": "a"}), 8: ("f4", {"const": True}), 10: ("f8", {"const": "a"})}
    properties, pages = {}, []
    for page in range(PAGES):
        inner = {name: KINDS[at % len(KINDS)] for at, name in enumerate(names)}
        properties[f"g{page}"] = {"type": "object", "properties": inner, "required": ["f0", "f1", "f6"]}
        elements = [control(f"g{page}/{name}") for name in names]
        for at, (looked, condition) in rules.items():
            elements[at]["rule"] = show(f"g{page}/{looked}", condition)
        pages.append(box("Category", *elements, label=str(page)))
    properties["words"] = text(**{"x-calculate": {"op": "date_in_words", "of": ["/g0/f1"]}})
    pages[0]["elements"].append(control("words"))
    checks = [
        {
            "at": "/g0/f1",
            "condition": {"compare": ["/g0/f1", "<=", f"/g{page}/f1"]},
            "message": {"vi": "x", "en": "x"},
        }
        for page in range(1, 6)
    ]
    return form(properties, box("Categorization", *pages), **{"x-checks": checks})


def cost(act, times):
    """Return the median and the 95th percentile of what `act` takes, in ms of processor time."""
    taken = []
    for _ in range(times):
        start = time.thread_time()
        act()
        taken.append((time.thread_time() - start) * 1000)
    taken.sort()
    return f"median {taken[len(taken) // 2]:.2f} ms, 95th percentile {taken[int(len(taken) * 0.95)]:.2f} ms"


def main():
    """Print the figures."""
    print("load:", cost(big_form, 10))
    made, chance = big_form(), random.Random(1)
    for name, values in (("right", RIGHT), ("wrong", WRONG)):
        answers = made.empty()
        for page in range(PAGES):
            for at in range(FIELDS):
                answers = made.set(answers, f"/g{page}/f{at}", values[at % len(KINDS)])

        def stroke(values=values, answers=answers):
            at = chance.randrange(FIELDS)
            pointer = f"/g{chance.randrange(PAGES)}/f{at}"
            made.review(made.set(answers, pointer, values[at % len(KINDS)], today=TODAY), today=TODAY)

        errors = len(made.review(answers, today=TODAY).errors)
        print(f"set and review, {name} answers ({errors} errors):", cost(stroke, STROKES))
    entries = [ListEntry(f"{at:05d}", Label(f"Phường Số {at}, Xã {at % 77}", "")) for at in range(10_000)]
    print("index of 10,000:", cost(lambda: OptionList(entries), 5))
    options = OptionList(entries)
    for query in ("p", "phường", "xa phuong", "zzz", "so 9999", "76"):
        print(f"search {query!r}:", cost(lambda query=query: search_options(options, query, 20), 50))


if __name__ == "__main__":
    main()
