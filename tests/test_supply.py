"""What the product is made of: every package is locked by hashes, the bill names them all, the same locks give the same bill."""

import json

from scripts import sbom


def test_every_package_is_locked_by_the_hashes_of_its_files():
    assert len(sbom.locked()) > 40
    assert sbom.faults() == []
    for lock in (sbom.LOCK, sbom.CHECKOUT / "requirements-dev.txt"):
        assert [each.name for each in sbom.locked(lock) if not each.hashes] == []


def test_the_bill_names_every_locked_package_once_with_its_hashes():
    bill = sbom.bill()
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    named = [(each["name"], each["version"]) for each in bill["components"] if each["purl"].startswith("pkg:pypi/")]
    assert sorted(named) == sorted((each.name, each.version) for each in sbom.locked())
    references = [each["bom-ref"] for each in bill["components"]]
    assert len(references) == len(set(references))
    for each in bill["components"]:
        assert all(len(digest["content"]) in (64, 128) for digest in each["hashes"]) and each["hashes"]
    scripts = {each["name"] for each in bill["components"] if each["purl"].startswith("pkg:npm/")}
    assert {"htmx.org", "@tabler/core", "tom-select", "echarts"} <= scripts


def test_the_same_locks_give_the_same_bill():
    assert json.dumps(sbom.bill()) == json.dumps(sbom.bill())


def test_a_lock_with_a_package_that_has_no_hash_is_found(tmp_path, monkeypatch):
    lock = tmp_path / "requirements.txt"
    lock.write_text("django==5.2.1\nhtmx==1.0 \\\n    --hash=sha256:" + "a" * 64 + "\n")
    monkeypatch.setattr(sbom, "LOCK", lock)
    assert "django==5.2.1 has no hash in requirements.txt" in sbom.faults()
