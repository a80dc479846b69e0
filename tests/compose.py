"""Is docker-compose.yml sound? `python -m tests.compose` says so for `run.py check`; a test asks the same.

Our own reading holds what the product promises: its services, a health check and one volume each. Where a
compose tool is installed it reads the file as well.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docker-compose.yml"
SERVICES = {"web", "worker", "beat", "db", "redis"}
OURS = {"web", "worker", "beat"}
TOOLS = (("docker", "compose"), ("docker-compose",), ("podman-compose",))


def read() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content


def problems(content: dict[str, Any]) -> list[str]:
    """Return what is wrong with the file, a sentence each; nothing means sound."""
    services = content["services"]
    found = [f"service {name} is missing" for name in sorted(SERVICES - services.keys())]
    used = set()
    for name, service in services.items():
        if not service.get("healthcheck", {}).get("test"):
            found.append(f"{name} has no health check")
        mounts = service.get("volumes", [])
        if len(mounts) != 1:
            found.append(f"{name} has {len(mounts)} volumes, not one")
        used |= {mount.split(":")[0] for mount in mounts}
        for other in service.get("depends_on", {}):
            if other not in services:
                found.append(f"{name} depends on {other}, which is not there")
        if name in OURS and service.get("build") != ".":
            found.append(f"{name} is not built from this project")
    found += [f"volume {name} is used but not declared" for name in sorted(used - content["volumes"].keys())]
    found += [f"volume {name} is declared but not used" for name in sorted(content["volumes"].keys() - used)]
    return found


def compose_tool() -> tuple[str, ...] | None:
    for tool in TOOLS:
        asked = [*tool, "version"]
        if shutil.which(tool[0]) and subprocess.run(asked, capture_output=True, check=False).returncode == 0:
            return tool
    return None


def complaint_of(tool: tuple[str, ...]) -> str:
    """Return what the compose tool says against the file, or an empty text."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(FILE, folder)
        (Path(folder) / ".env").write_text("POSTGRES_PASSWORD=x\nDJANGO_SECRET_KEY=x\n", encoding="utf-8")
        (Path(folder) / "Dockerfile").write_text("FROM scratch\n", encoding="utf-8")
        result = subprocess.run(
            [*tool, "config"],
            cwd=folder,
            env=os.environ | {"POSTGRES_PASSWORD": "x"},
            capture_output=True,
            text=True,
            check=False,
        )
    return "" if result.returncode == 0 else result.stderr or result.stdout or "failed without a word"


def main() -> int:
    found = problems(read())
    tool = compose_tool()
    if tool:
        complaint = complaint_of(tool)
        found += [complaint] if complaint else []
    for problem in found:
        sys.stdout.write(f"docker-compose.yml: {problem}\n")
    by = " ".join(tool) if tool else "no compose tool on this machine, only our own reading"
    sys.stdout.write(f"docker-compose.yml: {len(found)} problems ({by})\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
