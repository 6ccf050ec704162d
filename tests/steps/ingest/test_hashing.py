"""Digests made ahead, and while others are read."""

import hashlib

import pytest

from tsa_cli.steps.ingest.hashing import CHUNK_BYTES, Hashes


@pytest.fixture
def files(tmp_path):
    paths = []
    for number, size in enumerate([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 7, 8, 9]):
        paths.append(tmp_path / f"{number}.jsonl")
        paths[-1].write_bytes(bytes([number]) * size)
    return paths


def test_every_digest_is_that_of_the_whole_file(files):
    hashes = Hashes(files)
    for path in files:
        size, digest = hashes.of(path)
        assert (size, digest.result().whole) == (
            path.stat().st_size,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
    hashes.close()


def test_a_file_that_was_not_expected_is_hashed_too(files):
    hashes = Hashes([])
    assert hashes.of(files[1])[1].result().whole == hashlib.sha256(b"\1").hexdigest()
    hashes.close()


def test_what_is_appended_after_the_question_is_not_hashed(files):
    hashes = Hashes([])
    _, digest = hashes.of(files[1])
    digest.result()
    with files[1].open("ab") as out:
        out.write(b"more")
    assert hashes._digest(files[1], 1).whole == hashlib.sha256(b"\1").hexdigest()
    hashes.close()


def test_first_bytes_are_hashed_on_the_way(files):
    path = files[4]
    sizes = [1, CHUNK_BYTES, CHUNK_BYTES + 1, 5, CHUNK_BYTES + 2]
    hashes = Hashes([path], {path: sizes})
    digest = hashes.of(path)[1].result()
    hashes.close()
    content = path.read_bytes()
    assert digest.whole == hashlib.sha256(content).hexdigest()
    assert digest.of_first == {n: hashlib.sha256(content[:n]).hexdigest() for n in (1, 5, 1 << 20)}


def test_a_file_that_shrinks_while_it_is_hashed_is_an_error(files):
    with pytest.raises(OSError, match="bytes of it are gone"):
        Hashes([])._digest(files[1], 100)
