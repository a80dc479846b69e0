"""Files of documents: which are taken, which are refused in what words, and what their names become."""

from __future__ import annotations

import pytest

from documents import attachments
from documents.attachments import FileRefused
from tests.documents.files import GOOD, NAMES, REFUSED

MOST = 20 * 1024 * 1024


@pytest.mark.parametrize("name", GOOD)
def test_a_file_whose_content_is_what_its_name_says_is_taken(name: str) -> None:
    attachments.check_file(GOOD[name], filename=name, max_bytes=MOST)


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_not_what_it_says_is_refused_with_what_to_do(case: str) -> None:
    name, content, words = REFUSED[case]
    with pytest.raises(FileRefused, match=words) as refused:
        attachments.check_file(content, filename=name, max_bytes=MOST)
    assert "Hãy" in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("suffix", attachments.ACCEPTED)
@pytest.mark.parametrize("name", GOOD)
def test_only_its_own_extension_goes_with_a_content(name: str, suffix: str) -> None:
    if suffix == attachments.kind_of(name):
        return
    with pytest.raises(FileRefused):
        attachments.check_file(GOOD[name], filename=f"a{suffix}", max_bytes=MOST)


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_file_is_data(name: str) -> None:
    assert attachments.kept_name(name) == NAMES[name]
    assert len(NAMES[name]) <= attachments.LONGEST_NAME
