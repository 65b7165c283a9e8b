import numpy as np
import pytest

from techniques.embedding_neighbours import embedding_neighbours
from tests.techniques.conftest import Tiny


@pytest.mark.parametrize("output", [False, True])
def test_neighbours_are_those_of_a_search_over_all(tiny: Tiny, output: bool) -> None:
    found = embedding_neighbours(tiny.model, tiny.tokenizer, " Paris", count=4, output=output)
    token = tiny.tokenizer(" Paris", add_special_tokens=False)["input_ids"][0]
    holder = tiny.model.get_output_embeddings() if output else tiny.model.get_input_embeddings()
    matrix = holder.weight.detach().double().numpy()
    cosines = {
        other: row @ matrix[token] / np.linalg.norm(row) / np.linalg.norm(matrix[token])
        for other, row in enumerate(matrix[: len(tiny.tokenizer)])
        if other != token and np.linalg.norm(row) > 0
    }
    nearest = sorted(cosines, key=lambda other: -cosines[other])[:4]
    assert [name for name, _ in found["neighbours"]] == [
        tiny.tokenizer.decode([other]) for other in nearest
    ]
    assert [cosine for _, cosine in found["neighbours"]] == pytest.approx(
        [cosines[other] for other in nearest], abs=1e-4
    )
    assert found["length"] == pytest.approx(np.linalg.norm(matrix[token]), rel=1e-4)
    assert found["mean_length"] == pytest.approx(np.linalg.norm(matrix, axis=1).mean(), rel=1e-4)
    assert found["tied"] == tiny.model.config.get_text_config().tie_word_embeddings


def test_an_empty_word_is_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="empty"):
        embedding_neighbours(tiny.model, tiny.tokenizer, "")
