"""Names and texts that a hostile program would try."""

from __future__ import annotations

import unicodedata
from random import Random

from cloche_server.walls.language.tables.rows import words

FILENAME = "<technique>"

DUNDERS = words("""__globals__ __code__ __closure__ __dict__ __class__ __bases__ __base__ __mro__
    __subclasses__ __self__ __func__ __wrapped__ __builtins__ __import__ __loader__ __spec__
    __reduce__ __reduce_ex__ __getstate__ __setstate__ __getattribute__ __init__ __new__ __call__
    __init_subclass__ __subclasshook__ __get__ __set__ __set_name__ __traceback__ __context__
    __cause__ __defaults__ __kwdefaults__ __annotations__ __module__ __name__ __qualname__ __doc__
    __weakref__ __slots__ __objclass__ __text_signature__ __signature__ __match_args__ __array__
    __array_interface__ __array_struct__ __array_function__ __array_ufunc__ __torch_function__
    __dlpack__ __deepcopy__ __copy__ __buffer__ __index__ __origin__ __args__ __parameters__
    __mro_entries__ __prepare__ __instancecheck__ __dataclass_fields__ __post_init__ __members__
    __notes__ __iter__ __next__ __getattr__ __setattr__ __delattr__ __dir__ __sizeof__ __format__
    __eq__ __hash__ __len__ __getitem__ __setitem__ __contains__ __enter__ __exit__ __or__ __ror__
    __suppress_context__ __isabstractmethod__ __thisclass__ __self_class__ __del__ __missing__
    __getnewargs__ __abstractmethods__ __orig_bases__ __class_getitem__ __type_params__""")
INSIDES = words("""f_globals f_locals f_back f_code f_builtins gi_frame gi_code
    gi_yieldfrom gi_running cr_frame ag_frame tb_frame tb_next co_code co_consts func args keywords
    obj mapping base data
    ctypes ptr gen func_globals _mapping mro _make _replace _asdict _fields _field_defaults
    _member_map_ _member_names_ _value2member_map_ _create_ _missing_ _generate_next_value_
    _value_ _name_ _ignore_ _modules _parameters _buffers _forward_hooks _call_impl
    _forward_pre_hooks
    _C _backend _tokenizer backend_tokenizer _auto_class config generation_config name_or_path
    dtype type default_factory cache_info parents maps attrname fget fset fdel setter exceptions
    with_traceback add_note value name step state param_groups grad_fn _base is_leaf untyped_storage
    storage data_ptr set_ resize_ as_strided numpy tolist apply_ map_ register_hook forward apply
    modules children state_dict load_state_dict hf_device_map save_pretrained from_pretrained
    push_to_hub chat_template apply_chat_template generate keys items values get pop update
    encode decode format format_map __private attn_implementation _attn_implementation
    to_dict get_text_config from_dict base_model device args_ n real imag T shape""")
#: What leads from a value to a namespace, code or another's machinery: tried first.
LEADS = frozenset(
    words("""__globals__ __code__ __closure__ __dict__ __bases__ __mro__ __subclasses__ __self__
    __func__ __wrapped__ __builtins__ __loader__ __reduce_ex__ __reduce__ __getattribute__
    __traceback__ __defaults__ __objclass__ __array_interface__ __base__ __get__ __init__
    __new__ __origin__ gi_frame gi_code gi_yieldfrom f_globals f_back tb_frame func mapping base
    obj ctypes data gen fget _modules _parameters _forward_hooks _member_map_ _create_
    _value2member_map_ with_traceback mro untyped_storage data_ptr numpy __slots__ exceptions
    cache_parameters""")
)


def widened(name: str, rng: Random) -> str:
    """The name written in other letters that Python reads as the same name."""
    letters = list(name)
    places = [at for at, letter in enumerate(letters) if letter.isalpha()]
    for at in rng.sample(places, min(len(places), 1 + rng.randrange(2))):
        other = chr(ord(letters[at]) - 0x20 + 0xFF00)
        if unicodedata.normalize("NFKC", other) == letters[at]:
            letters[at] = other
    return "".join(letters)
