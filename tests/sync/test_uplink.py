"""The round: what goes first, what is parked, what is repeated."""

import dataclasses
from datetime import timedelta
from random import Random

import pytest

from sync.endpoint import OfficialCode, PaymentNotice
from sync.errors import BlobDamaged, LinkLost, ProtocolBroken, Refused, ServerBusy
from sync.gateway.core import GatewayCore, LocalEndpoint
from sync.gateway.platform import ReferencePlatform
from sync.uplink import Outcome, Uplink, UplinkSettings

from .conftest import enrol_locally
from .machines import Site, blob, filled_queue, now


def uplink(endpoint, queue, **how):
    return Uplink(endpoint, queue, now, Random(1), **how)


class Watched:
    """An endpoint that notes each call, and lets a test break some."""

    def __init__(self, inner, break_it=lambda name, args: None, *, twice=False):
        self._inner, self._break_it, self._twice = inner, break_it, twice
        self.calls = []

    def __getattr__(self, name):
        method = getattr(self._inner, name)

        def call(*args, **how):
            self.calls.append((name, args))
            self._break_it(name, args)
            if self._twice:
                method(*args, **how)
            return method(*args, **how)

        return call


@pytest.fixture(params=["local", "http"])
def endpoint(request):
    return request.getfixturevalue(request.param)


def test_a_round_brings_everything_over_and_back(endpoint, site):
    queue = filled_queue(site)
    report = uplink(endpoint, queue).run_round()
    assert (report.outcome, report.code) == (Outcome.DONE, "")
    assert (report.changes_sent, report.blobs_sent, report.receipts) == (10, 3, 1)
    assert report.bytes_sent == sum(map(len, queue.blobs.values()))
    assert queue.vector == {site.name: 10}
    assert OfficialCode("d0", queue.receipts[0].official_code) in queue.events
    assert abs(report.skew_s) < 60
    again = uplink(endpoint, queue).run_round()
    assert (again.outcome, again.changes_sent, again.bytes_sent, again.events) == (Outcome.DONE, 0, 0, 0)


def test_records_go_before_blobs_and_urgent_small_blobs_before_large(local, site):
    queue = filled_queue(site, files=4)
    last = max(queue.blobs, key=lambda name: len(queue.blobs[name]))
    queue.urgent.add(last)
    watched = Watched(local)
    uplink(watched, queue, settings=UplinkSettings(parallel_blobs=1)).run_round()
    names = [name for name, _ in watched.calls]
    assert names.index("push") < names.index("feed") < names.index("upload") < names.index("submit")
    sent = [args[0] for name, args in watched.calls if name == "upload"]
    assert sent == [last, *sorted(set(queue.blobs) - {last}, key=lambda name: len(queue.blobs[name]))]


def test_every_call_made_twice_duplicates_nothing(core, local, site):
    queue = filled_queue(site)
    assert uplink(Watched(local, twice=True), queue).run_round().outcome is Outcome.DONE
    counts = core.counts()
    assert (counts["change"], counts["submission"], len(queue.receipts), len(queue.events)) == (10, 1, 1, 4)


def test_lost_answers_are_repeated_harmlessly(core, local, site):
    queue = filled_queue(site)
    dice = Random(7)

    class LosesAnswers(Watched):
        def __getattr__(self, name):
            method = getattr(self._inner, name)

            def call(*args, **how):
                answer = method(*args, **how)
                if dice.random() < 0.3:
                    raise LinkLost("the answer")
                return answer

            return call

    link = uplink(LosesAnswers(local), queue)
    reports = [link.run_round() for _ in range(40)]
    assert Outcome.LINK_LOST in {report.outcome for report in reports}
    assert reports[-1].outcome is Outcome.DONE or Outcome.DONE in {report.outcome for report in reports}
    counts = core.counts()
    assert (counts["change"], counts["submission"], len(queue.receipts), len(queue.events)) == (10, 1, 1, 4)


def test_a_poisoned_blob_among_five_delays_nobody(endpoint, site):
    queue = filled_queue(site, files=5)
    poisoned = list(queue.blobs)[1]
    queue.blobs[poisoned] = queue.blobs[poisoned][:-1] + b"!"
    good = dataclasses.replace(queue.dossiers[0], dossier_id="d1", files=tuple(set(queue.blobs) - {poisoned}))
    queue.dossiers.append(good)
    report = uplink(endpoint, queue).run_round()
    assert ("blob", poisoned, "sync.blob_damaged") in queue.parked
    assert set(queue.done) == set(queue.blobs) - {poisoned}
    assert [receipt.dossier_id for receipt in queue.receipts] == ["d1"]
    assert report.changes_sent == 10
    assert uplink(endpoint, queue).run_round().bytes_sent == 0, "it is not tried for ever"


def test_a_blob_that_cannot_be_opened_is_parked_with_its_own_code(local, site):
    queue = filled_queue(site)
    broken = next(iter(queue.blobs))
    whole = queue.open_blob

    class DamagedError(Exception):
        code = "security.damaged_file"

    def open_blob(blob_id):
        if blob_id == broken:
            raise DamagedError
        return whole(blob_id)

    queue.open_blob = open_blob
    uplink(local, queue).run_round()
    assert queue.parked[0] == ("blob", broken, "security.damaged_file")
    assert len(queue.done) == 2


def test_a_blob_beyond_the_bound_is_parked_without_being_sent(endpoint, site):
    queue = filled_queue(site)
    large, data = blob(4_000_001)
    queue.blobs[large] = data
    report = uplink(endpoint, queue).run_round()
    assert queue.parked == [("blob", large, "sync.too_large")]
    assert report.blobs_sent == 3


def test_a_change_that_is_refused_is_parked_and_the_others_go_on(endpoint, site):
    queue = filled_queue(site)
    queue.changes[4] = dataclasses.replace(queue.changes[4], signature="0" * 128)
    report = uplink(endpoint, queue).run_round()
    assert queue.parked == [("change", f"{site.name}:5", "sync.change_refused")]
    assert (queue.vector, report.receipts) == ({site.name: 10}, 1)


def test_a_batch_refused_as_a_whole_is_halved_until_the_bad_one_is_found(local, site):
    queue = filled_queue(site)

    def refuse(name, args):
        if name == "push" and any(change.seq == 7 for change in args[0]):
            raise Refused("unreadable", reason="sync.protocol_broken")

    uplink(Watched(local, refuse), queue).run_round()
    assert ("change", f"{site.name}:7", "sync.protocol_broken") in queue.parked
    assert queue.vector == {site.name: 6}


def test_a_queue_that_offers_a_parked_change_for_ever_does_not_hold_the_round(local, site):
    """Neither one without an encoding nor one whose place is taken ever gets acknowledged."""
    twin = Site(site.name)
    twin.sign = site.sign
    local.push([twin.write("another history")])
    queue = filled_queue(site)
    queue.changes[5] = dataclasses.replace(queue.changes[5], value=float("nan"))
    queue._is_parked = lambda kind, ref_id: False
    report = uplink(local, queue).run_round()
    assert (report.outcome, report.blobs_sent) == (Outcome.LEFT_OVER, 3)
    assert ("change", f"{site.name}:1", "sync.change_forked") in queue.parked
    assert ("change", f"{site.name}:6", "sync.change_refused") in queue.parked


def test_a_wrong_receipt_is_refused_and_the_dossier_stays_open(local, site):
    queue = filled_queue(site)

    class Forges(Watched):
        def submit(self, manifest):
            return dataclasses.replace(self._inner.submit(manifest), official_code="H26.1-261122-0001")

    report = uplink(Forges(local), queue).run_round()
    assert queue.receipts == []
    assert [(item.kind, item.code) for item in report.parked] == [("dossier", "sync.receipt_refused")]


def test_a_genuine_receipt_for_another_dossier_is_refused(local, site):
    queue = filled_queue(site)

    class Swaps(Watched):
        def submit(self, manifest):
            return self._inner.submit(dataclasses.replace(manifest, files=manifest.files[:1]))

    uplink(Swaps(local), queue).run_round()
    assert queue.receipts == []


def test_another_gateway_at_the_address_is_refused(tmp_path, settings, local, site):
    queue = filled_queue(site)
    other = GatewayCore(dataclasses.replace(settings, folder=tmp_path / "other"))
    enrol_locally(other, site)
    report = uplink(LocalEndpoint(other, site.name), queue, pinned=local.hello()).run_round()
    assert (report.outcome, report.code) == (Outcome.REFUSED, "sync.other_gateway")
    assert other.counts()["change"] == 0
    other.close()


def test_a_site_that_is_not_enrolled_parks_nothing(core, site):
    queue = filled_queue(site)
    report = uplink(LocalEndpoint(core, site.name), queue).run_round()
    assert (report.outcome, report.code) == (Outcome.REFUSED, "sync.not_enrolled")
    assert queue.parked == []


@pytest.mark.parametrize("error", [LinkLost("gone"), ServerBusy("full"), ProtocolBroken("a sign-in page")])
@pytest.mark.parametrize("name", ["hello", "push", "feed", "upload", "submit"])
def test_whatever_breaks_on_the_way_parks_nothing_and_passes_later(local, site, name, error):
    queue = filled_queue(site)

    def break_it(called, _args):
        if called == name:
            raise error

    link = uplink(Watched(local, break_it), queue)
    report = link.run_round()
    assert report.outcome in {Outcome.LINK_LOST, Outcome.LEFT_OVER}
    assert queue.parked == []
    assert uplink(local, queue).run_round().outcome is Outcome.DONE
    assert len(queue.receipts) == 1


def test_one_blob_the_server_is_busy_with_does_not_stop_the_others(local, site):
    queue = filled_queue(site, files=5)
    sick = next(iter(queue.blobs))

    def break_it(name, args):
        if name == "upload" and args[0] == sick:
            raise ServerBusy("always")

    report = uplink(Watched(local, break_it), queue).run_round()
    assert report.outcome is Outcome.LEFT_OVER
    assert set(queue.done) == set(queue.blobs) - {sick}
    assert queue.parked == []


def test_one_blob_that_something_on_the_way_always_cuts_goes_last_and_stops_nobody(local, site):
    queue = filled_queue(site, files=5)
    cursed = min(queue.blobs, key=lambda name: len(queue.blobs[name]))

    def break_it(name, args):
        if name == "upload" and args[0] == cursed:
            raise LinkLost("cut")

    watched = Watched(local, break_it)
    link = uplink(watched, queue, settings=UplinkSettings(parallel_blobs=1))
    report = link.run_round()
    assert (report.outcome, set(queue.done)) == (Outcome.LEFT_OVER, set(queue.blobs) - {cursed})
    watched.calls.clear()
    new, data = blob(90_000, 99)
    queue.blobs[new] = data
    link.run_round()
    assert [args[0] for name, args in watched.calls if name == "upload"] == [new, cursed]


def test_a_line_that_is_lost_among_blobs_ends_the_round_and_loses_no_blob(local, site):
    queue = filled_queue(site, files=5)

    def break_it(name, _args):
        if len(watched.calls) > 4:
            raise LinkLost("gone")

    watched = Watched(local, break_it)
    report = uplink(watched, queue).run_round()
    assert report.outcome is Outcome.LINK_LOST
    assert uplink(local, queue).run_round().receipts == 1


def test_damage_on_the_way_is_tried_again_some_times_then_parked(local, site):
    queue = filled_queue(site, files=1)
    queue.dossiers.clear()

    def break_it(name, _args):
        if name == "upload":
            raise BlobDamaged("on the way")

    link = uplink(Watched(local, break_it), queue)
    assert [bool(link.run_round().parked) for _ in range(3)] == [False, False, True]


def test_blobs_that_the_gateway_has_lost_are_sent_again(core, local, site):
    queue = filled_queue(site)
    waiting, queue.dossiers = queue.dossiers, []
    uplink(local, queue).run_round()
    core.blobs.path(queue.done[0]).unlink()
    queue.dossiers = waiting
    report = uplink(local, queue).run_round()
    assert report.receipts == 1
    assert core.blobs.is_whole(queue.done[0])


@pytest.mark.parametrize("believed", [3, 10])
def test_a_gateway_restored_from_an_old_copy_gets_the_changes_again(local, site, believed):
    """It holds none, although it once said that it held so many."""
    queue = filled_queue(site)
    queue.vector = {site.name: believed}
    link = uplink(local, queue)
    assert Outcome.DONE in {link.run_round().outcome for _ in range(2)}
    assert (queue.vector, len(queue.receipts)) == ({site.name: 10}, 1)


def test_pauses_double_up_to_the_cap_are_jittered_and_fall_back_after_success(local, site):
    gone = [True]

    def break_it(_name, _args):
        if gone[0]:
            raise LinkLost("gone")

    link = uplink(Watched(local, break_it), filled_queue(site))
    pauses = [link.run_round().next_delay_s for _ in range(10)]
    for pause, full in zip(pauses, [1, 2, 4, 8, 16, 30, 30, 30, 30, 30], strict=True):
        assert full / 2 <= pause <= full
    assert len(set(pauses[5:])) == 5
    gone[0] = False
    assert 7.5 <= link.run_round().next_delay_s <= 15
    gone[0] = True
    assert link.run_round().next_delay_s <= 1


def test_a_skewed_clock_is_reported_and_refused_nowhere(local, site):
    queue = filled_queue(site)
    report = Uplink(local, queue, lambda: now() - timedelta(days=400), Random(1)).run_round()
    assert report.outcome is Outcome.DONE
    assert report.skew_s == pytest.approx(400 * 86400, abs=60)


def test_payments_and_statuses_of_the_platform_come_back(core, local, site):
    queue = filled_queue(site)
    uplink(local, queue).run_round()
    core.reference.pay("VS d0", 15_000, notice_id="ab")
    core.reference.pay("VS d0", 15_000, notice_id="ab")
    core.reference.set_status("d0", 9)
    queue.events.clear()
    assert uplink(local, queue).run_round().events == 2
    notice = queue.events[0]
    assert isinstance(notice, PaymentNotice)
    assert (notice.reference, notice.amount_vnd) == ("VS d0", 15_000)
    assert queue.events[1].status == 9


def test_a_platform_that_is_down_keeps_the_dossier_and_takes_it_later(settings, site):
    class Down:
        def __init__(self):
            self.down, self.keys = True, []

        def accept(self, key, manifest):
            if self.down:
                raise ServerBusy("closed")
            self.keys.append(key)
            return core.reference_for_test.accept(key, manifest)

        def news(self, after):
            return core.reference_for_test.news(after)

    platform = Down()
    core = GatewayCore(settings, platform=platform)
    core.reference_for_test = ReferencePlatform(settings.folder / "p.sqlite", unit="H26.1", now=now)
    enrol_locally(core, site)
    queue = filled_queue(site)
    link = uplink(LocalEndpoint(core, site.name), queue)
    assert link.run_round().outcome is Outcome.LEFT_OVER
    assert (queue.receipts, queue.parked) == ([], [])
    assert core.counts()["outbox_waiting"] == 1
    platform.down = False
    assert link.run_round().outcome is Outcome.DONE
    assert len(platform.keys) == 1
    core.close()
