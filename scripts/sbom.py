"""Write build/sbom.cdx.json: every package that the locks name, as CycloneDX 1.6, and check that the locks are whole.

Made from requirements.txt and package-lock.json alone, so the same locks always give the same bytes. Fails where a package has no
hash, or where the environment in .venv holds another version than the lock.
"""

import base64
import hashlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

CHECKOUT = Path(__file__).resolve().parent.parent
LOCK, NODE_LOCK = CHECKOUT / "requirements.txt", CHECKOUT / "package-lock.json"
WRITTEN = CHECKOUT / "build" / "sbom.cdx.json"
REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)\s*(?:;\s*(.*))?")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Locked:
    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def locked(lock: Path | None = None) -> list[Locked]:
    """The packages of a lock, each with the hashes of the files that may be installed for it."""
    found = []
    text = (lock or LOCK).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        said = line.partition("--hash=")[0].strip()
        if match := REQUIREMENT.fullmatch(said):
            name, version, marker = match.groups(default="")
            found.append(Locked(name, version, marker.strip(), tuple(HASH.findall(line))))
        elif said and not said.startswith("#"):
            raise SystemExit(f"{(lock or LOCK).name}: not understood: {said[:80]}")
    return found


def python_components() -> Iterator[dict]:
    for each in locked():
        component = {
            "type": "library",
            "bom-ref": f"pkg:pypi/{each.name.lower()}@{each.version}",
            "name": each.name,
            "version": each.version,
            "purl": f"pkg:pypi/{each.name.lower()}@{each.version}",
            "hashes": [{"alg": "SHA-256", "content": digest} for digest in each.hashes],
        }
        if each.marker:
            component["properties"] = [{"name": "taizhang:marker", "value": each.marker}]
        yield component


def node_components() -> Iterator[dict]:
    """What the pages are bundled from; nothing of it runs on the server."""
    packages = json.loads(NODE_LOCK.read_text(encoding="utf-8"))["packages"]
    for where, told in sorted(packages.items()):
        if not where or "integrity" not in told:
            continue
        name = where.rpartition("node_modules/")[2]
        algorithm, _, digest = told["integrity"].partition("-")
        purl = f"pkg:npm/{name.replace('@', '%40')}@{told['version']}"
        component = {
            "type": "library",
            "bom-ref": f"{purl}#{where}",
            "name": name,
            "version": told["version"],
            "purl": purl,
            "scope": "optional" if told.get("dev") else "required",
            "hashes": [{"alg": algorithm.upper().replace("SHA", "SHA-"), "content": base64.b64decode(digest).hex()}],
        }
        if licence := told.get("license"):
            component["licenses"] = [{"license": {"name": licence}}]
        yield component


def bill() -> dict:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    components = [*python_components(), *node_components()]
    content = hashlib.sha256(json.dumps(components, sort_keys=True).encode()).hexdigest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, content)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": f"pkg:pypi/taizhang@{project['version']}",
                "name": "taizhang",
                "version": project["version"],
                "licenses": [{"license": {"id": project["license"]}}],
            }
        },
        "components": components,
    }


def faults() -> list[str]:
    found = [f"{each.name}=={each.version} has no hash in {LOCK.name}" for each in locked() if not each.hashes]
    found += [f"{each['name']} has no hash in {NODE_LOCK.name}" for each in node_components() if not each["hashes"]]
    versions: dict[str, set[str]] = {}  # one package may be locked apart for several versions of Python
    for each in locked():
        versions.setdefault(normal(each.name), set()).add(each.version)
    for name, here in installed_versions().items():
        if name in versions and here not in versions[name]:
            found.append(f".venv has {name} {here}, the lock says {', '.join(sorted(versions[name]))}")
    return found


def installed_versions() -> dict[str, str]:
    """Of .venv, if there is one."""
    python = CHECKOUT / ".venv" / "bin" / "python"
    if not python.exists():
        return {}
    code = "import importlib.metadata as m, json; print(json.dumps({d.name: d.version for d in m.distributions()}))"
    told = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout
    return {normal(name): version for name, version in json.loads(told).items()}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> int:
    if found := faults():
        print("\n".join(found), file=sys.stderr)
        return 1
    WRITTEN.parent.mkdir(exist_ok=True)
    WRITTEN.write_text(json.dumps(bill(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    count = len(bill()["components"])
    print(f"{WRITTEN.relative_to(CHECKOUT)}: {count} packages, each with its hashes; .venv is what the lock says")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
