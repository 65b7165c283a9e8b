"""Answer GetServerInfo: what is served, under which limits, behind which walls."""

from __future__ import annotations

from cloche.contract.versions import own_version
from cloche.v1 import execution_pb2 as pb

from cloche_server.front.models import Models
from cloche_server.front.supervisor import Supervisor
from cloche_server.identity.caller import ANYBODY, Caller


def server_info(models: Models, who: Caller = ANYBODY) -> pb.GetServerInfoResponse:
    """Complete once the models are held; until then without what only their processes know.

    Args:
        who: whose models are told of; without the scope "info", only whether the server is ready
            and what a call may use.
    """
    seen = models.seen_by(who)
    default, shown = (seen[0] if seen else models.default), models.shown
    told = seen if "info" in who.scopes else ()
    limits = who.terms.within(default.limits)
    response = pb.GetServerInfoResponse(
        state=shown.state,
        state_detail=shown.detail if shown in told else "",
        state_fraction=shown.fraction,
        model=_model_info(default) if told else None,
        models=[_served(each) for each in told],
        limits=pb.Limits(
            memory_default_bytes=limits.memory_default_bytes,
            memory_max_bytes=limits.memory_max_bytes,
            source_max_bytes=limits.source_max_bytes,
            arguments_max_bytes=limits.arguments_max_bytes,
            result_default_bytes=limits.result_default_bytes,
            result_max_bytes=limits.result_max_bytes,
            output_default_bytes=limits.output_default_bytes,
            output_max_bytes=limits.output_max_bytes,
            concurrent_calls=_least(limits.concurrent_calls, who.terms.concurrent_calls),
            queued_calls=_least(limits.queued_calls, who.terms.queued_calls),
        ),
    )
    response.limits.timeout_default.FromMicroseconds(int(limits.timeout_default_s * 1e6))
    response.limits.timeout_max.FromMicroseconds(int(limits.timeout_max_s * 1e6))
    response.versions["cloche"] = own_version()
    if not told:
        return response
    # The walls are the same for all models; they are proved by each.
    known = [each.facts for each in (default, *told) if each.facts is not None]
    for facts in known[:1]:
        response.importable_modules.extend(facts.importable_modules)
        response.layers.extend(
            pb.Layer(name=layer.name, active=layer.active, detail=layer.detail, closes=layer.closes)
            for layer in facts.layers
        )
        response.versions.update(facts.versions)
        response.not_audited.extend(facts.not_audited)
        response.skipped_names = facts.skipped_names
    return response


def _least(of_server: int, of_tenant: int | None) -> int:
    return of_server if of_tenant is None else min(of_server, of_tenant)


def _served(supervisor: Supervisor) -> pb.ServedModel:
    return pb.ServedModel(
        name=supervisor.model.label,
        state=supervisor.state,
        state_detail=supervisor.detail,
        state_fraction=supervisor.fraction,
        model=_model_info(supervisor),
        memory_default_bytes=supervisor.limits.memory_default_bytes,
        memory_max_bytes=supervisor.limits.memory_max_bytes,
    )


def _model_info(supervisor: Supervisor) -> pb.ModelInfo:
    model, facts = supervisor.model, supervisor.facts
    info = pb.ModelInfo(
        name=model.name,
        revision=supervisor.model_revision,
        trust_remote_code=model.trust_remote_code,
        base_model=model.base_model or "",
    )
    if facts is not None:
        info.architecture = facts.architecture
        info.dtype = facts.dtype
        info.dequantized_from = facts.dequantized_from
        info.device = facts.device
        info.parameters = facts.parameters
        info.weight_bytes = facts.weight_bytes
        info.attn_implementation = facts.attn_implementation
        info.threads = facts.threads
        info.adapters.extend(facts.adapters)
    return info
