"""Models with adapters behind the language wall: switched and compared, never loaded or saved."""

from __future__ import annotations

import copy

import pytest
import torch
from cloche_server.walls.language import AccessRefused, LanguageWall, audit, compile_technique
from cloche_server.walls.language.tables import peft as tables


@pytest.fixture(scope="module")
def wall() -> LanguageWall:
    torch.set_num_threads(1)
    return LanguageWall.build(adapters=True)


@pytest.fixture
def adapted(llama):
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(task_type="CAUSAL_LM", r=2, target_modules=["q_proj", "v_proj"])
    model = get_peft_model(llama, config)
    model.add_adapter("second", config)
    torch.manual_seed(1)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                parameter.copy_(torch.randn_like(parameter))
    return model.eval()


def test_every_reachable_name_is_classified(wall, adapted, tokenizer):
    adapted.generate(**tokenizer("the cat", return_tensors="pt"), max_new_tokens=2)
    names = [str(name) for name in audit.unclassified(wall.catalogue, tables.ALL_ROWS)]
    assert names == []


def test_no_name_is_both_allowed_and_refused(wall):
    assert audit.contradictions(wall.catalogue, tables.ALL_REFUSALS) == []


def test_a_new_method_of_adapted_models_is_reported(wall, monkeypatch):
    from peft import PeftModel

    monkeypatch.setattr(PeftModel, "brand_new", lambda self: None, raising=False)
    names = [str(name) for name in audit.unclassified(wall.catalogue, tables.ALL_ROWS)]
    assert names == ["peft.peft_model:PeftModel.brand_new"]


COMPARES = """
import torch

def compare(model, tokenizer):
    inputs = tokenizer("the cat sat on", return_tensors="pt")
    layer = model.get_base_model().model.layers[0].self_attn.q_proj
    seen = {"names": model.active_adapters, "scale": layer.scaling["default"]}
    with torch.no_grad():
        seen["on"] = model(**inputs).logits
        with model.disable_adapter():
            seen["off"] = model(**inputs).logits
            seen["base"] = layer.get_base_layer()(torch.ones(1, 16))
        model.set_adapter("second")
        seen["second"] = model(**inputs).logits
        model.set_adapter("default")
        layer.set_scale("default", 0.0)
        seen["one layer less"] = model(**inputs).logits
        layer.set_scale("default", 1.0)
        delta = layer.lora_B["default"].weight @ layer.lora_A["default"].weight
        seen["delta"] = layer.get_delta_weight("default") - delta * layer.scaling["default"]
        model.base_model.merge_adapter()
        seen["merged"] = model(**inputs).logits
        model.base_model.unmerge_adapter()
        seen["tokens"] = model.generate(**inputs, max_new_tokens=3)
        seen["embedded"] = model.get_input_embeddings()(inputs["input_ids"])
        seen["layers"] = model.config.num_hidden_layers
        seen["inner"] = type(model.model).__name__
    return seen
"""


def test_a_technique_switches_adapters_and_sees_what_plain_python_sees(run, adapted, tokenizer):
    namespace = {}
    exec(COMPARES, namespace)
    # A copy: merging and unmerging leaves last bits behind.
    plain = namespace["compare"](copy.deepcopy(adapted), tokenizer)
    walled = run(COMPARES, adapted, tokenizer)
    assert plain.keys() == walled.keys()
    for name, value in plain.items():
        if isinstance(value, torch.Tensor):
            assert torch.equal(value, walled[name]), name
        else:
            assert value == walled[name], name
    assert not torch.equal(plain["on"], plain["off"])
    assert not torch.equal(plain["on"], plain["second"])
    assert plain["inner"] == "LlamaForCausalLM"


ATTACKS = [
    "model.save_pretrained(place)",
    "model.base_model.save_pretrained(place)",
    "model.base_model.model.save_pretrained(place)",
    "type(model).save_pretrained(model, place)",
    "model.model.save_pretrained(place)",
    "getattr(model, 'save_' + 'pretrained')(place)",
    "list(map(model.save_pretrained, [place]))",
    "model.create_or_update_model_card(place)",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_is_written(run, adapted, tmp_path, attack):
    with pytest.raises(AccessRefused):
        run(f"def f(model, place): {attack}", adapted, str(tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("model.load_adapter('/etc', 'x')", "reads or writes files"),
        ("model.base_model.load_adapter('/etc')", "reads or writes files"),
        ("model.from_pretrained(model, '/etc')", "reads or writes files"),
        ("model.push_to_hub('x')", "fetches from the network"),
        ("model.add_adapter('x', model.config)", "layers of what a configuration names"),
        ("model.base_model.inject_adapter(model, 'x')", "layers of what a configuration names"),
        ("model.peft_config", "goes on using"),
        ("model.base_model.peft_config", "not on the list"),
        ("model.active_peft_config.from_pretrained('/etc')", "goes on using"),
        ("model.special_peft_forward_args.clear()", "not on the list"),
        ("model.layers_[0]", "has no attribute"),
        ("model.merge_and_unload()", "takes apart"),
        ("model.disable_adapter().gen.gi_frame", "not on the list"),
        ("model.disable_adapter().func", "not on the list"),
        ("getattr(model.disable_adapter, '__func__')", "refused"),
        ("model.prepare_inputs_for_generation()", "internal"),
        ("model.base_model_prepare_inputs_for_generation()", "it holds a 'method'"),
        ("model._peft_config", "not on the list"),
        ("model.generate(custom_generate='/etc')", "refused"),
        ("model.base_model.generate(custom_generate='/etc')", "refused"),
        ("model.set_attn_implementation('org/kernel')", "refused"),
        ("type(model)(model, None)", "refused"),
    ],
)
def test_what_leads_out_is_refused(run, adapted, expression, why):
    with pytest.raises((AccessRefused, AttributeError), match=why):
        run(f"def f(model): return {expression}", adapted)


def test_peft_itself_is_not_imported():
    with pytest.raises(Exception, match="import of 'peft' refused"):
        compile_technique("import peft\ndef f(): return peft")


def test_an_ordinary_wall_knows_no_adapters(adapted):
    wall = LanguageWall.build()
    namespace = wall.namespace(write=print, progress=print)
    exec(compile_technique("def f(model): model.set_adapter('second')").code, namespace)
    with pytest.raises(AccessRefused):
        namespace["f"](adapted)
