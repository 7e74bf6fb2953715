from __future__ import annotations

from van_station.services.readers import Readers, ReaderState


class Played:
    """A reader that the test plays."""

    def __init__(self, heard, changed) -> None:
        self.heard, self.changed, self.running = heard, changed, False

    def start(self) -> None:
        self.running = True

    def stop(self) -> None:
        self.running = False


def played() -> tuple[Readers, Played]:
    made: list[Played] = []

    def make(heard, changed):
        made.append(Played(heard, changed))
        return made[0]

    return Readers(make), made[0]


def test_the_screen_that_came_last_gets_the_card_and_leaving_gives_it_back():
    readers, reader = played()
    first, second = [], []
    readers.listen(first.append)
    leave = readers.listen(second.append)
    reader.heard("a")
    leave()
    leave()
    reader.heard("b")
    assert (first, second) == (["b"], ["a"])


def test_every_screen_hears_that_the_reader_went():
    readers, reader = played()
    states = []
    readers.listen(lambda _: None, states.append)
    readers.listen(lambda _: None, states.append)
    assert readers.state is None
    reader.changed(ReaderState.MISSING)
    assert states == [ReaderState.MISSING] * 2
    assert readers.state is ReaderState.MISSING


def test_a_card_nobody_waits_for_is_dropped():
    _, reader = played()
    reader.heard("a")


def test_it_starts_and_stops_what_was_set_up():
    readers, reader = played()
    readers.start()
    assert reader.running
    readers.stop()
    assert not reader.running


def test_a_machine_without_a_reader_works():
    readers = Readers()
    readers.start()
    readers.stop()
    assert readers.state is None
    assert isinstance(readers.ports(), tuple)
