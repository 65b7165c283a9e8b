"""Statements with holes: every admitted syntax form, and the ways in which libraries call back.

Holes: <V> a variable, <N> a new variable, <N1> one and the same throughout, <E> an
expression, <R> a read of an attribute by some route, <A> an attribute's name,
<S> one as text, <F> something to call, <C> a call, <K> a class,
<O> an object of the technique's own, <T> a tensor, <M> a layer, <L> something to iterate, <D> a
dict, <I> a small number, <X> an exception's class, <G> an imported module, <W> a format spec,
<a> a name for a parameter. `$` alone in a suite stands for one to three statements.
"""

from __future__ import annotations

from cloche_server.walls.language.tables.rows import words

SIMPLE = """
<N> = <E>
<N> = observe(<R>)
<N> = observe(<C>)
<N> = observe(<C>)
<N> = observe(<R>)
<N>: <K> = <E>
<N> = <N> = <E>
<N>, <N> = <E>, <E>
<N>, *<N> = <L>
[<N>, (<N>, *<N>)] = <E>, <L>
<V>.<A> = <E>
<O>.<A> = <E>
<O>.<A> += <E>
<O>.<A>: <K> = <E>
<V>[<E>] = <E>
<V>[<I>] += <E>
<O>[<E>] -= <E>
<V>.<A> @= <E>
<N> = <E>; <V> += <E>
<V> *= <I>
<V> |= <E>
del <O>.<A>
del <V>[<E>]
(<V>.<A>, <O>.<A>) = <E>, <E>
for <O>.<A> in <L>: observe(<O>.<A>)
for <N>, *<N> in [<L>, <L>]: observe(<N>)
[<O>.<A>, *<V>[<I>:]] = <L>
assert observe(<E>), <E>
raise <X>(<E>, <E>) from <V>
<N> = [observe(<a>) for <a> in <L> if <E>]
<N> = {<E>: <a> for <a> in <L>}
<N> = {*<L>, <E>}
<N> = {**<D>, <S>: <E>}
<N> = (observe(<a>) for <a> in <L> for <a> in <L> if (<N> := <E>))
<N> = [(<N> := <a>, <R>) for <a> in <L>]
<N> = lambda *<a>, **kw: (observe(<a>), observe(kw), <E>)[<I>]
<N> = lambda <a>, b=<E>, /, c=<E>, *, d=<E>: observe((<a>, b, c, d))
<N> = f"{<E>!r:<W>}{<R>}{<E>=}"
<N> = f"{<E>:{<E>}}"
<N> = <S>.format(<E>, <E>, a=<E>)
<N> = observe("{0.<A>} {1[<I>]} {a.<A>!r:{0.<A>}}".format(<E>, <L>, a=<E>))
<N> = observe(list(map(str.format, ["{0.<A>}", "{.<A>}"], [<V>, <V>])))
<N> = observe("{x.<A>[0]}".format_map({"x": <E>}))
<N> = getattr(<E>, <S>, <E>)
<N> = observe(operator.attrgetter(<S>, <S>)(<E>))
<N> = observe(list(map(operator.attrgetter(<S>), [<E>, <E>])))
<N> = operator.methodcaller(<S>, <E>)
<N> = observe(functools.reduce(getattr, [<S>, <S>], <E>))
<N> = observe(list(map(getattr, [<E>, <E>], [<S>, <S>])))
<N> = functools.partial(getattr, <E>)
<N> = functools.partial(<F>, <E>, k=<E>)
setattr(<E>, <S>, <E>)
delattr(<O>, <S>)
<N> = sorted(<L>, key=<F>)
<N> = sorted([<E>, <E>], key=operator.attrgetter(<S>))
<N> = max(<L>, key=lambda <a>: observe(<a>), default=<E>)
<N> = observe(list(map(<F>, <L>)))
<N> = observe(list(map(<F>, <L>, <L>)))
<N> = observe(list(filter(<F>, <L>)))
<N> = iter(lambda: <E>, <E>)
<N> = next(iter(<L>), <E>)
<N> = observe(list(itertools.islice(itertools.starmap(<F>, [(<E>, <E>), (<E>,)]), 5)))
<N> = observe(list(itertools.accumulate(<L>, <F>)))
<N> = observe([(k, list(g)) for k, g in itertools.groupby(<L>, key=<F>)])
<N> = observe(functools.reduce(<F>, <L>, <E>))
<N> = functools.cmp_to_key(<F>)
<N> = functools.lru_cache(maxsize=<I>)(<F>)
<N> = functools.wraps(<E>)(<F>)
<N> = functools.update_wrapper(<F>, <E>)
<N> = functools.cached_property(<F>)
<N> = property(<F>, <F>)
<N> = staticmethod(<F>)
<N> = classmethod(<F>)
<N> = functools.total_ordering(<K>)
<N> = dataclasses.dataclass(<K>)
<N> = dataclasses.dataclass(frozen=True, eq=True, slots=<E>)(<K>)
<N> = observe(dataclasses.fields(<E>))
<N> = observe(dataclasses.asdict(<O>))
<N> = dataclasses.replace(<O>, **<D>)
<N> = dataclasses.field(default_factory=<F>, metadata=<D>)
<N> = collections.namedtuple("P", [<S>, "b"], defaults=(<E>,))
<N> = collections.namedtuple("P", ["a", "b"])
<N> = collections.defaultdict(<F>, <D>)
<N> = collections.ChainMap(<D>, <D>)
<N> = collections.Counter(<L>)
<N> = collections.OrderedDict(<D>)
<N> = json.dumps(<E>, default=<F>)
<N> = json.loads('[{"a": 1.5}, 2]', object_hook=<F>, parse_float=<F>)
<N> = re.sub(r"(\\w)(.)", <F>, "ab cd")
<N> = re.compile("(?P<a>.)").match("ab")
<N> = copy.copy(<E>)
<N> = copy.deepcopy(<E>)
<N> = isinstance(<E>, <K>)
<N> = issubclass(<K>, <K>)
<N> = hasattr(<E>, <S>)
<N> = vars(<O>)
<N> = dir(<E>)
<N> = type(<E>)
<N> = observe(type(<E>).<A>)
<N> = type(<E>)(<E>)
<N> = super(<K>, <E>)
<N> = callable(<E>)
<N> = operator.setitem(<V>, <E>, <E>)
<N> = operator.getitem(<E>, <E>)
<N> = operator.itemgetter(<E>, <E>)(<E>)
<N> = operator.iadd(<V>, <E>)
<N> = bisect.bisect(<L>, <E>, key=<F>)
bisect.insort(<V>, <E>)
<N> = heapq.nsmallest(2, <L>, key=<F>)
<N> = heapq.merge(<L>, <L>, key=<F>)
<N> = statistics.mean(<L>)
<N> = typing.cast(<E>, <E>)
<N> = typing.NewType("Q", <K>)
<N> = typing.Optional[<K>]
<N> = typing.NamedTuple("Q", [("a", <K>)])
<N> = enum.auto()
<N> = <K>[<E>]
<N> = <K>(<E>)
<N> = <K>()
<N> = <K> | <K>
<N> = contextlib.ExitStack()
<V>.callback(<F>, <E>)
<V>.push(<F>)
<N> = <V>.enter_context(<V>)
<N> = contextlib.closing(<O>)
<N> = torch.vmap(<F>)(<T>)
<N> = torch.func.grad(lambda <a>: observe(<a>).sum())(<T>)
<N> = torch.func.jacrev(<F>)(<T>)
<N> = torch.func.vjp(<F>, <T>)
<N> = torch.autograd.functional.jacobian(<F>, <T>)
<N> = torch.func.functional_call(<M>, dict(<M>.named_parameters()), (<T>,))
<N> = <M>.register_forward_hook(<F>)
<N> = <M>.register_forward_hook(lambda *<a>: observe(<a>) and None)
<N> = <M>.register_forward_pre_hook(lambda *<a>, **k: observe((<a>, k)) and None, with_kwargs=True)
<N> = <M>.register_forward_hook(lambda m, <a>, k, out: observe(out), with_kwargs=True)
<N> = <M>.register_full_backward_hook(lambda *<a>: observe(<a>) and None)
<N> = <T>.requires_grad_(True).register_hook(<F>)
<M>.forward = <F>
<M>.apply(<F>)
<N> = <M>(<T>)
<M>.<A> = <E>
<N> = torch.nn.Sequential(<M>, <M>)
<N> = torch.nn.ModuleDict({"a": <M>, <S>: <M>})
<M>.register_buffer(<S>, <T>)
<M>.add_module(<S>, <M>)
<N> = <M>.state_dict(prefix=<S>)
<M>.load_state_dict(<D>)
<N> = <M>.get_submodule(<S>)
<N> = model(ids)
<N> = model(ids, output_hidden_states=True, output_attentions=True, labels=ids)
<N> = model(inputs_embeds=<T>, use_cache=True)
model(ids, labels=ids).loss.backward()
<N> = model.generate(ids, max_new_tokens=1, do_sample=False)
<N> = model.generate(ids, max_new_tokens=1, logits_processor=[<F>], stopping_criteria=[<F>])
<N> = model.generate(ids, max_new_tokens=1, prefix_allowed_tokens_fn=<F>, streamer=<O>)
<N> = model.generate(ids, max_new_tokens=1, <A>=<E>)
<N> = tokenizer("the cat", return_tensors="pt")
<N> = tokenizer(["the cat", <S>], padding=True, return_offsets_mapping=True)
<N> = tokenizer(<E>, **<D>)
<N> = tokenizer.apply_chat_template([{"role": "user", "content": <E>}], tokenize=<E>)
<N> = tokenizer.pad(<D>)
<N> = tokenizer.add_special_tokens(<D>)
<N> = transformers.GenerationConfig(<A>=<E>)
<N> = transformers.LogitsProcessorList([<F>])(ids, <T>)
<N> = transformers.StoppingCriteriaList([<F>])(ids, <T>)
<N> = transformers.DynamicCache()
<N> = torch.optim.SGD([<T>], lr=0.1)
<N> = <V>.step(<F>)
<N> = torch.optim.lr_scheduler.LambdaLR(torch.optim.SGD([<T>], lr=0.1), <F>)
<N> = torch.no_grad()(<F>)
<N> = numpy.vectorize(<F>)(<L>)
<N> = numpy.apply_along_axis(<F>, 0, numpy.ones((2, 2)))
<N> = numpy.fromiter(<L>, dtype=<E>, count=<I>)
<N> = numpy.array([<E>, <E>], dtype=object)
<N> = numpy.array(<L>)
<N> = numpy.asarray(<E>)
<N> = torch.tensor(<E>)
<N> = torch.as_tensor([<E>, <E>])
<N> = <T>[<E>]
<T>[<E>] = <E>
<N> = <T>.numpy()
<N> = torch.from_numpy(<V>)
<N> = torch.distributions.Normal(<T>, <T>)
<N> = einops.rearrange(<T>, <S>)
<N> = einops.reduce(<T>, "a ... -> ...", <F>)
<N> = observe(print(<E>, sep=<E>, end=<E>))
<N> = progress(<E>, <E>, <E>)
<N> = <O>(<E>)
<N> = <O> + <E>
<N> = <E> @ <O>
<N> = <E> < <O>
<N> = observe(<O>[<E>])
<N> = observe([*<O>])
<N> = observe({**<O>})
<N> = observe(<F>(*<L>, **<D>))
<N> = observe(<F>(*<O>, **<O>))
<N> = str(<O>) + repr(<V>)
<N> = format(<O>, <S>)
<N> = sum([<O>, <E>], <E>)
<N> = observe(<V>.__init__(<E>))
<N> = observe(<K>.__init__(<O>, <E>))
<N> = observe(<K>.__new__(<K>, <E>))
<N> = observe(object.__setattr__(<V>, <S>, <E>))
<N> = observe(<V>.__getattr__(<S>))
<N> = observe(<V>.__get__(<E>, <K>))
<N> = observe(<V>.__call__(<E>))
<N> = observe(<V>.__class__)
<N> = observe(<K>.__class_getitem__(<E>))
<N> = <X>(<E>)
<V>.add_note(<E>)
<N> = <V>.send(<E>)
<N> = <V>.throw(<X>(<E>))
<V>.close()
from <G> import <A> as <N>
import <G> as <N>
""".strip().splitlines()

COMPOUND = """
try:
    $
except (<K>, <X>) as <N1>:
    observe(<N1>)
    observe(<N1>.<A>)
    $
else:
    $
finally:
    $

try:
    raise <X>(<E>)
except Exception as <N1>:
    <N2> = observe(<N1>.<A>)
    <N3> = <N1>.__context__

try:
    <R>
except BaseException as <N1>:
    <N2> = observe(<N1>)
    <N3> = <N1>.args

try:
    try:
        raise <X>(<E>)
    finally:
        $
        raise <X>(<E>) from <V>
except <X> as <N1>:
    <N2> = <N1>
    observe(<N1>.__cause__)

with <V> as <O>.<A>:
    $

with <V> as <N1>, contextlib.nullcontext(<L>) as (<N2>, *<N3>):
    $

with contextlib.suppress(<X>):
    $
    <R>

with contextlib.ExitStack() as <N1>:
    <N1>.push(lambda *<a>: observe(<a>))
    <N1>.callback(<F>, <E>)
    <N2> = <N1>.enter_context(<O>)
    raise <X>(<E>)

with torch.no_grad():
    $

with torch.autocast("cpu"), torch.random.fork_rng():
    $

for <N1> in itertools.islice(<L>, 4):
    observe(<N1>)
    $
else:
    $

for <N1>, <O>.<A> in zip(<L>, <L>):
    $
    continue

if <E>:
    $
elif <E>:
    $
else:
    $

while <E>:
    $
    break

match <E>:
    case <K>(<A>=<N1>, <A>=<N2>):
        observe((<N1>, <N2>))
    case [<N1>, *<N2>]:
        observe(<N2>)
    case {<S>: <N1>, **<N2>}:
        observe(<N2>)
    case (1 | None | 'a' | -2.5) as <N1>:
        $
    case <N1> if <E>:
        observe(<N1>)

match <V>:
    case object(<A>=<N1>) if observe(<N1>):
        $
    case object(__class__=<N1>):
        observe(<N1>)

match <V>:
    case object(<A>=object(<A>=<N1>)):
        observe(<N1>)
    case object(<A>=<N1>):
        observe(<N1>)

match <V>:
    case <K>(<N1>) | <K>(<A>=(<N1>)):
        observe(<N1>)
    case _:
        $

match <E>, <E>:
    case (<K>(), <N1>) if <N2> := <E>:
        observe(<N1>)
    case [[*<N1>], {'a': _}]:
        observe(<N1>)
    case [torch.float32 | <G>.<A>, <N1>]:
        observe(<N1>)

def <N1>(*<a>, **kw):
    observe(<a>)
    observe(kw)
    $
    return <E>

def <N1>(<a>=<E>, *, b: <K> = <E>) -> <K>:
    global <V>
    observe(<a>)
    <V> = <E>
    $
    return <a>

def <N1>(*<a>):
    observe(<a>)
    return <a>[0] if <a> else <E>

def <N1>(*<a>):
    observe(<a>)
    return observe(<a>[0].<A>)

def <N1>(*<a>):
    x = <E>
    def inner(y=<E>):
        nonlocal x
        x = observe(y)
        return x
    inner()
    return inner
<N2> = observe(<N1>())
<N3> = observe(<N2>(<E>))

def <N1>(*<a>):
    got = yield <E>
    observe(got)
    try:
        got = yield from <L>
        observe(got)
    except Exception as e:
        observe(e)
    finally:
        $
    return <E>
<N2> = <N1>()
<N3> = observe(next(<N2>))
<N4> = observe(<N2>.send(<E>))

def <N1>(*<a>):
    yield <E>
    yield <E>
<N2> = <N1>()
<N3> = next(<N2>)
<N4> = observe(<N2>.<A>)

@contextlib.contextmanager
def <N1>(*<a>):
    try:
        got = yield <E>
        observe(got)
    except BaseException as e:
        observe(e)
<N2> = <N1>(<E>)
with <N2> as <N3>:
    observe(<N3>)
    raise <X>(<E>)

@<F>
def <N1>(*<a>, **kw):
    observe(<a>)
    return <E>

@<F>
@functools.wraps(<F>)
def <N1>(*<a>):
    return observe(<a>)
<N2> = observe(<N1>.<A>)

@functools.lru_cache
def <N1>(*<a>):
    return observe(<E>)
<N2> = observe(<N1>.<A>)
<N3> = observe(<N1>(1))

@<F>
class <N1>:
    a = <E>
    $

@dataclasses.dataclass
class <N1>:
    a: <K> = dataclasses.field(default_factory=<F>)
    b: 'int' = 3
    <A>: <K> = None
    def __post_init__(self):
        observe(self)
        $
<N2> = <N1>()
<N3> = observe(<N1>.<A>)

@dataclasses.dataclass(frozen=True, order=True, slots=True)
class <N1>:
    a: int
    b: typing.Any = <E>
<N2> = <N1>(1)
<N3> = <N1>(2, <E>)
<N4> = observe(<N2> < <N3>)
<N5> = observe(<N1>.<A>)
<N2>.<A> = <E>

@dataclasses.dataclass
class <N1>(<K>):
    a: dataclasses.InitVar[int] = <E>
    b: typing.ClassVar = <E>
    _: dataclasses.KW_ONLY = None
    c: typing.Any = dataclasses.field(default=<E>, repr=False, metadata={})
    def __post_init__(self, *<a>):
        observe(<a>)
<N2> = <N1>(<E>, c=<E>)
<N3> = dataclasses.replace(<N2>, c=<E>, a=<E>)
<N4> = observe(dataclasses.fields(<N1>)[0].<A>)
<N5> = observe(<N1>.__init__(<V>, <E>))
<N6> = observe(<N1>.__eq__(<V>, <V>))

class <N1>(enum.Enum):
    A = <E>
    B = enum.auto()
    @property
    def p(self):
        return observe(self.<A>)
<N2> = <N1>.A
<N3> = observe(<N1>.<A>)
<N4> = observe(<N2>.<A>)
<N5> = observe(<N1>.__members__)

class <N1>(enum.<EN>):
    A = 1
    B = 2
    def <SU>(*<a>):
        observe(<a>)
        return <E>
<N2> = <N1>.A | <N1>.B
<N3> = <N1>(<E>)

class <N1>(typing.NamedTuple):
    a: int
    b: typing.Any = <E>
    def <A>(self):
        return observe(self._asdict())
<N2> = <N1>(<E>)
<N3> = <N2>.a
<N4> = observe(<N1>.<A>)
<N5> = observe(<N2>.<A>)

class <N1>(typing.Protocol):
    a: int
    def m(self): ...
<N2> = typing.runtime_checkable(<N1>)
<N3> = isinstance(<V>, <N1>)
<N4> = observe(<N1>.<A>)

<N1> = typing.TypeVar('Q', bound=<K>)
class <N2>(typing.Generic[<N1>]):
    $
<N3> = <N2>[<K>]
<N4> = observe(<N3>.<A>)

class <N1>(abc.ABC):
    @abc.abstractmethod
    def m(self):
        return <E>
class <N2>(<N1>):
    def m(self):
        return observe(super().m())
<N3> = <N2>()
<N3>.m()

class <N1>(<K>):
    def __init__(self, *<a>, **kw):
        observe(<a>)
        super().__init__(*<a>)
        self.<A> = <E>
        $
    def __init_subclass__(cls, **kw):
        observe(kw)
        super().__init_subclass__()
        observe(cls.<A>)
<N2> = <N1>(<E>)
class <N3>(<N1>, key=<E>):
    $

class <N1>(<BASE>):
    @staticmethod
    def s(*<a>):
        return observe(<a>)
    @classmethod
    def c(cls, *<a>):
        return observe(cls.<A>)
    @property
    def p(self):
        return observe(super().<A>)
    @p.setter
    def p(self, v):
        observe(v)
    @functools.cached_property
    def q(self):
        return observe(self.<A>)
<N2> = <N1>()
<N2>.p = <N1>.c(<E>)
<N3> = observe(<N2>.p)
<N4> = observe(<N2>.q)
<N5> = observe(<N1>.q)
<N6> = observe(<N1>.p)

class <N1>:
    def __get__(self, *<a>):
        observe(<a>)
        return <E>
    def __set__(self, *<a>):
        observe(<a>)
    def __set_name__(self, *<a>):
        observe(<a>)
class <N2>(<BASE>):
    <A> = <N1>()
    a = <N1>()
<N3> = <N2>()
<N3>.a = <E>
<N4> = observe(<N3>.a)
<N5> = observe(<N2>.<A>)

class <N1>(torch.nn.Module):
    def __init__(self, *<a>):
        super().__init__()
        self.w = torch.nn.Parameter(torch.ones(2))
        self.a = <E>
        self.b = <M>
    def forward(self, *<a>, **kw):
        observe(<a>)
        observe(kw)
        $
        return <E>
<N2> = <N1>()
<N3> = observe(<N2>(<E>))
<N4> = observe(<N2>.<A>)
<N2>.<A> = <E>

class <N1>(<BASE>):
    def __call__(self, *<a>, **kw):
        observe(<a>)
        observe(kw)
        return <E>
    def put(self, v):
        observe(v)
    def end(self):
        return <E>
<N2> = <N1>()

class <N1>(<BASE>):
    __slots__ = ('a', <S>)
    __match_args__ = (<S>, 'a')
    def __getattr__(self, n):
        observe(n)
        return <E>
    def __setattr__(self, n, v):
        observe((n, v))
        super().__setattr__(n, v)
<N2> = <N1>()
<N3> = observe(<N1>.a)
<N2>.a = <E>
<N4> = observe(<N2>.<A>)
match <N2>:
    case <N1>(<N5>, <N6>):
        observe(<N5>)

class <N1>(<BASE>):
    def __getattr__(self, n):
        observe(n)
        return <E>
    def __iter__(self):
        yield <E>
    def __len__(self):
        return 1
    def __getitem__(self, k):
        observe(k)
        return <E>
<N2> = <N1>()
<N3> = observe(<N2>.<A>)

class <N1>(<BASE>):
    def __new__(cls, *<a>):
        self = super().__new__(cls)
        observe(self)
        return <E>
<N2> = <N1>(<E>)

class <N1>(<BASE>):
    def __enter__(self):
        return <E>
    def __exit__(self, *<a>):
        observe(<a>)
        return True
<N2> = <N1>()
with <N2> as <N3>:
    $
    raise <X>(<E>)

class <N1>(<X>):
    def __init__(self, *<a>):
        super().__init__(*<a>)
        self.a = <E>
try:
    raise <N1>(<E>) from <V>
except <N1> as e:
    observe(e.<A>)
    <N2> = e

class <N1>(<BASE>, <BASE>):
    a = <E>
    <A> = <E>
    _<A> = <F>
    def __init_subclass__(cls, *<a>, **kw):
        observe((cls, <a>, kw))
<N2> = <N1>()
class <N3>(<N1>): pass
<N4> = <N3>(<E>)
<N5> = observe(<N4>.<A>(<E>))

class <N1>:
    def m(self, *<a>):
        observe(<a>)
        return self.__<A>
    __<A> = <E>
    def n(self):
        return [super().<A> for _ in (1,)]
<N2> = <N1>().m
<N3> = observe(<N2>(<E>))

global <N1>
<N1> = <E>
""".strip("\n").split("\n\n")

#: Bodies of special methods; each gives what libraries pass to the observer.
METHOD = "    def <DM>(self, *<a>):\n        observe(<a>)\n        return <E>"
BASES = words("""object object object dict list tuple str int float set Exception
    transformers.LogitsProcessor transformers.StoppingCriteria
    collections.OrderedDict collections.abc.Mapping
    collections.abc.MutableMapping collections.abc.Sequence collections.abc.Iterator typing.Protocol
    torch.nn.Linear torch.nn.Identity torch.nn.ModuleList collections.Counter abc.ABC""")
ENUMS = words("Enum IntEnum StrEnum Flag IntFlag")
SUNDERS = words("_missing_ _generate_next_value_ _iter_member_ m __call__ _create_")
