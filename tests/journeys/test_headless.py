"""`van-station demo --headless` walks the whole day, and the walk is able to fail."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from van_station.bootstrap.demo import walk as walk_room
from van_station.bootstrap.demo.bad_line import BadLine
from van_station.bootstrap.demo.gateway import GatewayFolder, GatewayProcess
from van_station.bootstrap.demo.papers import lay_papers
from van_station.bootstrap.demo.people import VISITORS
from van_station.bootstrap.demo.setting_up import TENANT, prepare
from van_station.bootstrap.demo.walk import Walk, walk_the_day

CONFIRMED = sum(visitor.procedure is not None for visitor in VISITORS)


def test_the_headless_day_ends_well_and_prints_what_it_counted(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    command = [sys.executable, "-m", "van_station.cli.main", "demo", "--headless", "--no-sane"]
    done = subprocess.run(
        [*command, "--data", str(data)], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert f"đã lập {CONFIRMED + 1} = đã nhận {CONFIRMED} + chờ 0 + hủy 1" in " ".join(done.stdout.split())
    figures = re.search(r"(\d+) đạt, (\d+) sai", done.stdout)
    assert figures is not None
    assert int(figures[1]) > 40
    assert int(figures[2]) == 0
    assert "SAI" not in done.stdout
    assert "Traceback" not in done.stderr
    assert (data / "desk").is_dir()


class OtherGateway(GatewayProcess):
    """A gateway whose bank credits one đồng less than was paid, and whose agency touches no dossier."""

    def pay(self, reference: str, amount_vnd: int) -> None:
        super().pay(reference, amount_vnd - 1)

    def set_status(self, dossier_id: str, status: int) -> None:
        del dossier_id, status


def test_the_walk_notices_a_gateway_that_does_other_than_it_should(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk_room, "lay_papers", partial(lay_papers, dpi=100))  # the same, only quicker
    root = tmp_path / "demo"
    gateway = OtherGateway(GatewayFolder(root), tenant=TENANT)
    line = BadLine(gateway.port)
    demo = prepare(root, address=line.address, sane=False)
    scanning = demo.settings.scanning.model_copy(update={"ocr": False})
    settings = demo.settings.model_copy(update={"scanning": scanning})
    walk = Walk(replace(demo, gateway=gateway, settings=settings), line, lambda _: None)
    try:
        walk_the_day(walk, sane=False)
    finally:
        line.close()
    assert {check.what for check in walk.checks if not check.ok} == {
        "Phí khớp báo có của ngân hàng",
        "Trạng thái trên hệ thống đã về máy",
    }
