"""Rules that no attack needs, each with the reason.

Three kinds: those that only choose words or the better of two safe ways; those that another rule
covers wholly, so that no attack tells them apart; and those that this Python or these libraries
give nobody a way to reach.
"""

from __future__ import annotations

from typing import Final

_T: Final = "TechniqueTransformer."


def _because(reason: str, *rules: str) -> dict[str, str]:
    return dict.fromkeys(rules, reason)


_WAYS: Final = {
    **_because(
        "chooses where a question is asked; every place it leads to refuses by itself",
        "CallGuard.slow_call asks whether is_class(callee)",
        "CallGuard.slow_call asks whether cls in BUILTIN_TYPES",
        "CallGuard.slow_call asks whether cls in _ALIASES",
        "ClassGuard._method asks whether type(inner) in DESCRIPTOR_TYPES and"
        " self._is_listed(inner, key)",
        "MatchGuard._getter asks whether self.guards.is_own_class(cls)",
        "list _ALIASES",
        "list _OF_CONSTANTS",
        "CallGuard.slow_call asks whether cls in DESCRIPTOR_TYPES",
        "CallGuard._is_member asks whether index < 0 and is_class(bound)",
        "ReadGuard.slow_read asks whether name == '__class__'",
        "ReadGuard.slow_read asks whether is_class(obj)",
        "ReadGuard.slow_read refuses if name not in _FUNCTION_NAMES",
        "ReadGuard.slow_read asks whether cls in _NAMED_CALLABLES",
        "ReadGuard._listed asks whether member.adapter",
        "ReadGuard._listed asks whether name == '__new__'",
        "ReadGuard._listed asks whether member.arrays",
        "ReadGuard.is_held asks whether is_class(value)",
        "ReadGuard._read_facade asks whether name in members",
        "ReadGuard._read_function asks whether name in own",
        "ReadGuard.hand_out_class asks whether type in mro_of(cls)",
        "MethodTable._find asks whether guards.is_own_class(cls)",
        "ClassGuard._check_base asks whether is_class(base)",
        "ClassGuard._check_dunder asks whether key in ('__doc__',)",
        "ClassGuard._check_dunder asks whether key == '__slots__'",
        "ClassGuard._check_dunder asks whether key == '__match_args__'",
        "ReadGuard.hand_out_class asks whether id(cls) in guards.adopted",
        "ClassGuard._method asks whether type(value) in (classmethod, staticmethod)",
        "WriteGuard.set_past_own asks whether not self.guards.is_own_class(each) and"
        " '__setattr__' in dict_of(each)",
        "_plain_messages asks whether type(value) in (list, tuple)",
        "make_itemgetter.itemgetter asks whether not more",
        "MatchGuard.match_class asks whether not isinstance(subject, target)",
        "list BUILTIN_TYPES",
        "list DESCRIPTOR_TYPES",
        "list _NAMED_CALLABLES",
        "list CHECKS",
        "list _ARRAYS",
        "CallGuard._is_method_allowed asks whether type(function) is not types.FunctionType or"
        " is_class(bound)",
    ),
    **_because(
        "keeps an answer that was decided before",
        "CallGuard._judging asks whether kept is not None and kept[0] is callee",
        "CallGuard._judging asks whether id(callee) in catalogue.callables or"
        " id(callee) in self.guards.adopted",
        "ReadGuard.hand_out_class asks whether cls not in self._tokens",
        "ReadGuard._only_for asks whether function not in self._unbound",
        "FastWays.constant asks whether name not in self._constants",
        "FastWays.shadow asks whether name not in self.shadows",
        "FastWays.shadow asks whether name in self.methods",
        "WriteGuard.slow_write asks whether name in guards.fast.sets",
    ),
    **_because(
        "keeps Python's meaning: without it another function of the source's own would be called;"
        " tests/server/walls/language/test_fast_ways.py",
        "ClassGuard._of_own_class calls self.guards.fast.shadow(field)",
        "ClassGuard.build_class calls self.guards.fast.shadow(key)",
        "FastWays.forget calls table.clear()",
        "FastWays.shadow calls self.methods[name].clear()",
        "MethodTable._find_own asks whether name in guards.fast.shadows",
        "WriteGuard.slow_write calls guards.fast.shadow(name)",
        "WriteGuard.write_past_own calls self.guards.fast.shadow(name)",
    ),
    **_because(
        "says for which real types a table is kept; what it holds is what the guard has decided of"
        " the very type, and would call without a further look",
        "MethodTable._find asks whether cls not in PLAIN_TYPES",
    ),
    **_because(
        "says before the call what would be refused, or undefined, when it is reached",
        _T + "_callee calls self.foresee(func)",
        _T + "visit_Attribute calls self.foresee(node)",
        _T + "visit_Name calls self.foresee(node)",
        "check_technique calls compile_sealed(found.tree, filename)",
        "list _OF_IMPORTS",
        _T + "visit_ImportFrom refuses if kept",
        _T
        + "visit_Name refuses if row is not None and self.survey.is_builtin(node.id, self.scope)",
    ),
    **_because(
        "of a library's function, shows a default as it is, which is judged wherever it is used",
        "list _PLAIN",
    ),
    **_because(
        "leaves names out of a handler; none is given for them",
        "list UNRAISED",
    ),
    **_because(
        "chooses between a refusal and what Python raises where a name is missing: either raises",
        "ReadGuard._absence asks whether (near := closest(name, self._known(cls), '', cutoff=0.7))",
        "ReadGuard._absence calls absence.add_note(near)",
        "ReadGuard._added.added refuses if name not in data_of(obj) and"
        " self._is_absent(type(obj), name)",
        "ReadGuard._is_absent answers type(asking) is not _FUNCTION and (not"
        " self.guards.catalogue.refusal_of(mro, name))",
        "ReadGuard._is_absent asks whether name.startswith('_') or any((owner_of(mro,"
        " each)[0] >= 0 for each in (name, '__getattr__')))",
        "ReadGuard.decide refuses if not dict_offset(cls) and self._is_absent(cls, name)",
    ),
    **_because(
        "chooses words for a refusal",
        "build_catalogue calls _refuse(catalogue, refusal)",
        "_refuse calls catalogue.lacks(f'{row.of}: {error}', error)",
        "list REFUSALS",
        "CallGuard._refusal asks whether is_class(callee)",
        "CallGuard._refusal asks whether cls in BUILTIN_TYPES",
        "ReadGuard._read_function refuses if self.guards.is_own_function(function) and"
        " (not is_dunder(name))",
        "ReadGuard.read_class refuses if own and (not is_dunder(name))",
        "ReadGuard._read_super refuses if index < 0",
        "WriteGuard._write_real refuses if cls is Facade",
        "MatchGuard.match_class refuses if not is_class(target)",
        "ClassGuard.build_class refuses if not is_class(base)",
        "_reading refuses except SyntaxError",
        "_reading refuses except (RecursionError, MemoryError)",
        "_reading refuses except (ValueError, OverflowError, SystemError)",
        _T + "error refuses at last",
        _T + "_import_from refuses if alias.name == '*'",
    ),
    **_because(
        "passes over what no call runs: tests/server/walls/language/test_compiler.py",
        "_rewrite calls leave_out_program(tree)",
        "_Surveyor.visit_Name asks whether not self._in_idle",
    ),
    **_because(
        "says which arguments are not called, so that they stay what they are; each is looked at,"
        " as in a direct call: tests/attacks/language/calls_what_reduce_hands_on.py",
        "list PASSING_ON",
        "list _CALLING_FIRST",
        "list _CALLING_KEY",
        "list _CALLING_NOTHING",
    ),
    **_because(
        "lets `except Exception` catch what Rust code raises:"
        " tests/end_to_end/test_library_logs.py",
        "CallGuard._judging.judging refuses if _is_panic(error)",
        "_is_panic answers kind.__name__ == 'PanicException' and kind.__module__ == 'pyo3_runtime'",
    ),
    **_because(
        "says in the log on which releases nobody has looked at the names;"
        " tests/server/walls/language/test_tables.py",
        "list RELEASES",
    ),
    **_because(
        "holds only for who has the builtins and calls past the guards: tests/attacks/test_given.py"
        " takes it away, with and without the guards",
        "import_nothing refuses at last",
        "list _ASKED_FOR",
    ),
    **_because(
        "is the act itself, not a question about it",
        "Entry.__call__ calls self.guards.run(sealed)",
        "Guards.run calls exec(sealed.bind(guard), self.namespace, bound)",
        "_Sealing._scope calls self.generic_visit(node)",
        "_Sealing._scope calls node.body.insert(1 if documented else 0, ast.copy_location(look,"
        " node.body[0]))",
        "_bind refuses if not 0 <= made_by <= 255",
        "list BUILTINS",
        "list HELD_KINDS",
        "list _BLOCKS",
        "list _SCOPES",
        _T + "visit_Module calls self.take_stock(node)",
        "survey calls surveyor.scope(tree, 'module', tree.body)",
        "_bound_by_alias answers alias.asname or alias.name.partition('.')[0]",
        "ClassGuard.build_class calls exec(body.__code__, self.guards.namespace, namespace,"
        " closure=closure)",
        "WriteGuard._fast_write.write calls slow(value, obj, name)",
        "WriteGuard.slow_write calls self._write_real(value, obj, cls, name)",
        "WriteGuard.set_past_own calls each.__setattr__(obj, name, value)",
        "WriteGuard.write_past_own calls self.set_past_own(obj, name, value)",
        "ClassGuard._for_ordinary_names.__setattr__ calls function(self, name, value)",
        "ClassGuard._for_ordinary_names.__setattr__ calls set_past_own(self, name, value)",
        "make_own_setattr.__setattr__ calls guards.writing.write_past_own(value, self,"
        " checked(name))",
        "make_set_attn_implementation.set_attn_implementation calls"
        " model.set_attn_implementation(attn_implementation)",
        "_with_ordinary_key.set_value calls original(self, name, value)",
        "_harden_generator.make.set_rng_state calls original(state)",
        "build_catalogue calls _allow_module(catalogue, row, target)",
        "build_catalogue calls _allow_class(catalogue, row, target)",
    ),
    **_because(
        "admits what is safe; without it more is refused",
        "CallGuard._judging.judging calls self._adopt_made(result)",
        "CallGuard._is_function_allowed filters self._real_classes(cls)",
        "CallGuard._is_member filters self._real_classes(bound if is_class(bound) else"
        " type(bound))",
        "ClassGuard.build_class asks whether tuple in mro_of(cls) and '_fields' in dict_of(cls)",
        "ClassGuard.build_class calls self.adopt_generated(cls, written)",
        "ClassGuard.adopt_generated asks whether not generated or"
        " self.guards.is_own_function(inner) or id(inner) in self._bound",
        "make_dataclass.decorate calls guards.classes.adopt_generated(made, written)",
        "make_namedtuple.namedtuple calls guards.classes.own(cls)",
        "make_namedtuple.namedtuple calls guards.classes.adopt_generated(cls, set())",
        "make_isinstance.isinstance_ filters _real_classes(classes)",
        "make_issubclass.issubclass_ filters _real_classes(classes)",
        "_real_classes filters _real_classes(each)",
        "adapter builtins.isinstance",
        "adapter builtins.issubclass",
    ),
    **_because(
        "hands out text or the subject itself, which lead nowhere",
        "make_attrgetter.attrgetter filters checked(each)",
        "ReadGuard._read_facade asks whether name == '__name__'",
        "ReadGuard._read_function asks whether name in _FUNCTION_NAMES",
        "ReadGuard._read_function asks whether name == '__call__'",
        "ReadGuard.read_class asks whether name in _FUNCTION_NAMES #1",
        "ReadGuard.read_class asks whether name in _FUNCTION_NAMES #2",
        "MatchGuard._getter asks whether dict in mro_of(cls)",
        "MatchGuard._positional_names asks whether count > most",
        "MatchGuard._positional_names refuses if count > most",
        "MatchGuard._positional_names refuses if type(allowed) is not tuple",
        "MatchGuard._positional_names refuses if type(each) is not str",
        "MatchGuard.mapping asks whether not fits and (not self.size(subject, len(keys)))",
        "MatchGuard.size answers not count or len(subject) >= count",
        "PatternLowering._mapping calls tests.insert(0, ast.Call(ast.Name(' match_size',"
        " ast.Load()), [value, count], []))",
        "MatchGuard.mapping asks whether not rest",
        "MatchGuard.mapping refuses if key in seen",
        "MatchGuard.match_class refuses if name in seen",
        "MatchGuard.sequence asks whether length != count if star < 0 else length < count - 1",
        "MatchGuard.sequence asks whether not wanted",
        "MatchGuard.sequence asks whether star < 0 or count > 1",
        "MatchGuard.sequence asks whether star >= 0 and star not in wanted",
        "MatchGuard.sequence refuses if end < star",
        "_unpacked refuses if len(items) < count",
        "_unpacked refuses if len(items) == count",
        "list _SELF_MATCHING",
        "list _FUNCTION_NAMES",
        "ReadGuard.decide asks whether index < 0 and name in _FUNCTION_NAMES and"
        " guards.is_own_class(cls)",
        "ReadGuard._named.named refuses at last",
        "make_update_wrapper.update_wrapper asks whether guards.is_own_function(wrapper)",
        "make_update_wrapper.update_wrapper asks whether guards.is_own_class(type(wrapper))",
        "make_update_wrapper.update_wrapper asks whether held is None and"
        " guards.is_own_function(wrapped)",
        "make_dir.dir asks whether own is not None and guards.is_own_class(cls)",
        "_listed asks whether guards.is_own_class(cls)",
    ),
    **_because(
        "says how a template is read, as Python does; its attributes are read by the guard",
        "_expand refuses if depth < 0",
        "_expand refuses if auto is None",
        "_expand refuses if auto",
        "_expand asks whether first == ''",
        "_convert refuses at last",
    ),
    **_because(
        "stands while the wall is built, before any technique; tests/server/walls/language/"
        "test_tables.py",
        "build_catalogue calls catalogue.lacks(f'{row.of}: {error}', error)",
        "Catalogue.lacks refuses if self.strict",
        "_allow_module refuses if key not in ADAPTERS",
        "_allow_module calls catalogue.lacks(f\"{row.of} has no '{name}'\") #1",
        "_allow_module calls catalogue.lacks(f\"{row.of} has no '{name}'\") #2",
        "_allow_module refuses if isinstance(value, types.ModuleType)",
        "_allow_class calls catalogue.lacks(f\"{row.of} has no '{name}'\")",
        "_allow_class refuses if key and key not in ADAPTERS",
        "list DEFINABLE_DATA",
        "list MODULE_DATA",
        "list C_PROTOCOLS",
        "list IMPORTABLE",
    ),
    **_because(
        "bounds the compiler's work; tests/server/walls/language/test_compiler.py",
        "_reading refuses if type(source) is not str",
        "_reading refuses if len(source) > SOURCE_MAX_CHARS",
        _T + "visit_Constant refuses if type(node.value) is int and"
        " node.value.bit_length() > INT_MAX_BITS",
        "visitor visit_Constant",
    ),
}

_COVERED: Final = {
    **_because(
        "_read_class refuses at last_ covers it: such a class has nothing listed to hand out",
        "ReadGuard.read_class refuses if cls is guards.type_class",
        "ReadGuard.read_class refuses if not own and id(cls) not in catalogue.classes and"
        " (not self._has_rows(cls))",
    ),
    **_because(
        "a builtin of a module is named like no method that object lists",
        "CallGuard._is_member asks whether isinstance(bound, types.ModuleType) or bound is None",
    ),
    **_because(
        "what such a base resolves to is judged again",
        "ClassGuard._check_base asks whether type(base) is types.GenericAlias or"
        " type(base).__module__ == 'typing'",
        "ClassGuard._check_base asks whether id(base) in self.guards.catalogue.bases #2",
    ),
    **_because(
        "a class body admits only tuples of plain text as __match_args__, and Python itself asks"
        " for them; what they name is read by the guard",
    ),
    **_because(
        "_ReadGuard._judged_ stands there as well, and these libraries hold nothing unlisted in"
        " such a place but classes",
        "ReadGuard.decide filters self._judged(name) #2",
        "ReadGuard.is_held asks whether guards.is_own_class(cls) or guards.is_own_function(value)",
        "ReadGuard.is_held asks whether guards.catalogue.use(cls).held",
        "ReadGuard.is_held asks whether cls is types.MethodType and"
        " guards.is_own_function(method_function(value))",
        "ReadGuard.is_held asks whether id(value) in guards.catalogue.callables or"
        " id(value) in guards.adopted",
    ),
    **_because(
        "the question after it fails on such a value, and nothing is handed out",
        "_make_new.make.__new__ refuses not is_class(cls)",
        "ClassGuard._of_own_class.method refuses not is_class(kind)",
        "make_dataclass.decorate refuses not is_class(cls)",
        "_without_dunders.__getattr__ refuses type(name) is not str",
    ),
    **_because(
        "binds a local name, or binds through a statement that is judged itself",
        _T + "_visit_parameters calls self.check_name(arg, arg.arg)",
        _T + "visit_Global calls self.check_name(node, name)",
        _T + "visit_Nonlocal calls self.check_name(node, name)",
        "visitor visit_Global",
        "visitor visit_Nonlocal",
    ),
    **_because(
        "no listed module or member of one is a mapping that could pass for builtins",
        _T + "_import calls self.check_name(alias, alias.asname)",
        _T + "_import_from calls self.check_name(alias, bound)",
    ),
    **_because(
        "the statement is left out of the code, whether it is reported or not",
        _T + "visit_ImportFrom refuses if node.level or node.module is None",
        _T + "visit_ImportFrom refuses if alias.name != 'annotations'",
    ),
    **_because(
        "only inside an async function, which is refused itself",
        _T + "visit_Await refuses at last",
        _T + "visit_AsyncFor refuses at last",
        _T + "visit_AsyncWith refuses at last",
        _T + "_comprehension refuses if generator.is_async",
        _T + "refuse_async refuses at last",
        "visitor visit_Await",
        "visitor visit_AsyncFor",
        "visitor visit_AsyncWith",
        "visitor visit_AsyncFunctionDef",
    ),
    **_because(
        "without it the parts of the statement are visited, and are guarded, one by one",
        "visitor visit_AnnAssign",
        "visitor visit_Assign",
        "visitor visit_If",
        "visitor visit_Try",
        "visitor visit_Lambda",
        "visitor visit_Module",
        "visitor visit_body",
    ),
    **_because(
        "these are not asked by anything listed, or are looked for in the class and not in the"
        " object",
        "missing __array_struct__",
        "missing __cuda_array_interface__",
        "missing __dlpack__",
        "missing __dlpack_device__",
        "missing __array_namespace__",
        "missing __copy__",
        "missing __wrapped__",
        "missing __signature__",
        "_missing refuses at last",
    ),
    **_because(
        "numpy itself makes no array of another class out of what a technique can name",
        "make_view.view refuses if is_class(dtype) and dtype.__module__ != 'numpy'",
        "adapter numpy:ndarray.view",
    ),
    **_because(
        "no listed class that a technique can name derives from it and is made by this __new__",
        *(f"adapter builtins:{name}.__new__" for name in ("int", "float", "str", "tuple")),
        *(f"adapter builtins:{name}.__new__" for name in ("set", "frozenset")),
    ),
    **_because(
        "the renderer of this version turns a conversation into values of its own; others walk it",
        "_plain_messages refuses at last",
        "_plain_messages asks whether type(value) in (str, int, float, bool, type(None))",
        "_plain_messages filters _plain_messages(each)",
        "_plain_messages filters _plain_messages(k)",
        "_plain_messages filters _plain_messages(v)",
        "make_apply_chat_template.apply_chat_template filters _plain_messages(conversation)",
    ),
    **_because(
        "each is dict's, and fails on any other object; no library sets a special name on a dict",
        "list _OF_ITEMS",
        "ClassGuard._of_items asks whether key == '__setattr__'",
        "ClassGuard._of_items filters self._for_ordinary_names(function)",
    ),
    **_because(
        "json's encoder itself takes no option but these",
        "make_dumps.dumps calls _only('json.dumps', options, _DUMPS)",
        "list _DUMPS",
        "list _DUMPS_DEFAULTS",
    ),
    **_because(
        "text joined to text is plain text, whatever the parts are",
        "_make_print.print filters _text(each)",
    ),
    **_because(
        "only text may be set there, and text leads nowhere",
        "list _FUNCTION_TEXT",
    ),
    **_because(
        "a method of this name answers nothing: only functions are methods",
        "special name __class__",
    ),
    **_because(
        "facades are copied as themselves before anything asks how to take them apart",
        "_Opaque.__reduce_ex__ refuses at last",
    ),
    **_because(
        "the unbound push would only call the other object's own",
        "make_push.push refuses if type(stack) is not contextlib.ExitStack",
    ),
}

_UNREACHED: Final = {
    **_because(
        "this Python has no such syntax",
        _T + "visit_TemplateStr refuses at last",
        _T + "visit_Interpolation refuses at last",
        _T + "visit_TypeAlias refuses at last",
        _T + "_refuse_type_params refuses if getattr(node, 'type_params', None)",
        _T + "visit_FunctionDef calls self._refuse_type_params(node)",
        _T + "visit_ClassDef calls self._refuse_type_params(node)",
        "visitor visit_TemplateStr",
        "visitor visit_Interpolation",
        "visitor visit_TypeAlias",
    ),
    **_because(
        "the parser makes no such node of a file; test_rules.py looks",
        _T + "not_allowed refuses at last",
        _T + "visit_Interactive refuses at last",
        _T + "visit_Expression refuses at last",
        "visitor visit_Interactive",
        "visitor visit_Expression",
        "PatternLowering._test refuses at last",
    ),
    **_because(
        "a class body binds only names that its source spells",
        "ClassGuard._check_namespace refuses if type(key) is not str",
        "ClassGuard._check_namespace asks whether key.startswith(' ')",
        "ClassGuard._check_namespace calls dict.__delitem__(namespace, key)",
        "ClassGuard._check_namespace refuses if type(namespace.get('__module__')) is not str",
        "make_dataclass.decorate refuses not name.isidentifier()",
        "make_dataclass.decorate filters guards.reading.checked_name(name)",
    ),
    **_because(
        "what a class loses or gets while code of the source may run in between is a field of"
        " `dataclass`, and never a method that the table would hold",
        "MethodTable.__missing__ asks whether not self._guards.reading.changing",
    ),
    **_because(
        "no metaclass that can be had answers with another class",
        "ClassGuard.build_class refuses if not self.guards.is_own_class(cls)",
    ),
    **_because(
        "no listed special method takes a callable",
        "CallGuard.slow_call filters self._judging(callee) #5",
    ),
    **_because(
        "these libraries bind no callable that is not a function",
        "CallGuard._is_function_allowed answers self.call(function) is not None",
    ),
    **_because(
        "one thread runs: nobody changes the state between the look and the use",
        "_harden_generator.make.set_rng_state filters new_state.detach().cpu().clone()",
    ),
    **_because(
        "the server's own report takes the note as text",
        "_make_progress.progress refuses if type(note) is not str",
    ),
    **_because(
        "these are modules, and no row can hand one out; their functions are not importable",
        "absent torch: ops",
        "absent torch: classes",
    ),
    **_because(
        "absent because nobody needs it; listing it would let nothing out",
        "absent import: string.Template",
        "absent import: functools.singledispatch",
        "absent import: warnings",
        "absent import: tqdm",
        "absent import: requests",
    ),
}

_ORDERED: Final = {
    **_because(
        "how an order is kept on nothing but a dict",
        "OrderedDict.__eq__ answers list(self) == list(other)",
        "OrderedDict.__eq__ asks whether same is True and isinstance(other, OrderedDict)",
        "OrderedDict.move_to_end asks whether not last",
        "OrderedDict.move_to_end calls dict.clear(self)",
        "OrderedDict.__or__ asks whether not isinstance(other, dict)",
        "OrderedDict.__ror__ asks whether not isinstance(other, dict)",
        "OrderedDict.__repr__ asks whether not self",
        "OrderedDict.pop refuses if value is _MISSING",
        "OrderedDict.popitem refuses if not self",
        "OrderedDict.setdefault asks whether key in self",
    ),
    **_because(
        "does nothing; what it stands in for asks a GPU's driver, and no GPU is served on",
        "adapter torch.cuda.empty_cache",
    ),
    **_because(
        "the stand-in of transformers' own, for a model with adapters; no attack is shown one, and"
        " tests/server/walls/language/test_peft.py takes the same attack to it",
        "adapter peft:PeftModelForCausalLM.generate",
    ),
    **_because(
        "an alias of `typing` that makes nothing raises before it calls anything",
        "CallGuard.slow_call asks whether cls is not types.GenericAlias and"
        " (not object.__getattribute__(callee, '_inst'))",
    ),
    **_because(
        "an error without its `__init__` tells less, not more",
        "adapter builtins:OSError.__new__",
    ),
    **_because(
        "the library itself takes no names but exact text",
        "make_namedtuple.namedtuple filters guards.reading.checked_name(each)",
    ),
    **_because(
        "an enum that answers a call with nothing has made no class either",
        "_make_no_enum refuses at last",
    ),
    **_because(
        "says what Python says, in Python's words",
        "ChainMap.pop asks whether key in first",
        "ChainMap.pop refuses at last",
        "ChainMap.popitem refuses if not keys",
        "_as_object asks whether value is typing.ClassVar or value is dataclasses.KW_ONLY",
        "_make_as.make.convert calls _only(function.__name__, options, (option,))",
        "_rewrite calls compile(tree, filename, 'exec', dont_inherit=True)",
        "list _KINDS",
    ),
    **_because(
        "the library's own class is on no list: it could not be called",
        "adapter collections.OrderedDict",
    ),
    **_because(
        "no class of a technique has an output's layout, since its OrderedDict is a dict",
        "hardened ModelOutput.__setitem__",
        "hardened ModelOutput.__setattr__",
        "_with_ordinary_key.set_value refuses if type(name) is str and is_dunder(name)",
    ),
}

_INTERPRETER: Final = _because(
    "mends the interpreter, or proves that it is, once and before any attack: a trial comes too"
    " late; tests/attacks/test_language_alone.py takes all of it away",
    "_let_python_order refuses if len(places) != 1 or _words(cls)[places[0]] not in (_in_c(cls),"
    " _words(InPython)[places[0]])",
    "_set_orderings calls ctypes.pythonapi.PyType_Modified(ctypes.py_object(list))",
    "list _ORDERINGS",
    "patch_interpreter calls _let_python_order(list)",
    "patch_interpreter calls _set_orderings({name: _holding(vars(list)[name]) for name in"
    " _ORDERINGS})",
    "patch_interpreter refuses if borrows_items()",
    "restore_interpreter calls _set_orderings(orderings)",
)

EXEMPT: Final = {**_WAYS, **_COVERED, **_UNREACHED, **_ORDERED, **_INTERPRETER}
