"""What GetServerInfo says: what is served, under which limits, behind which walls."""

from __future__ import annotations

from cloche.v1 import execution_pb2 as pb

from cloche_server.config import ServerConfig
from cloche_server.front.supervisor import Supervisor


def server_info(config: ServerConfig, supervisor: Supervisor) -> pb.GetServerInfoResponse:
    """Complete once the model is held; until then without what only the model's process knows."""
    limits = config.limits
    response = pb.GetServerInfoResponse(
        state=supervisor.state,
        state_detail=supervisor.detail,
        state_fraction=supervisor.fraction,
        model=pb.ModelInfo(name=config.model.name, revision=supervisor.model_revision),
        limits=pb.Limits(
            memory_default_bytes=limits.memory_default_bytes,
            memory_max_bytes=limits.memory_max_bytes,
            source_max_bytes=limits.source_max_bytes,
            arguments_max_bytes=limits.arguments_max_bytes,
            result_default_bytes=limits.result_default_bytes,
            result_max_bytes=limits.result_max_bytes,
            output_default_bytes=limits.output_default_bytes,
            output_max_bytes=limits.output_max_bytes,
            concurrent_calls=limits.concurrent_calls,
            queued_calls=limits.queued_calls,
        ),
    )
    response.limits.timeout_default.FromMicroseconds(int(limits.timeout_default_s * 1e6))
    response.limits.timeout_max.FromMicroseconds(int(limits.timeout_max_s * 1e6))
    facts = supervisor.facts
    if facts is not None:
        response.model.architecture = facts.architecture
        response.model.dtype = facts.dtype
        response.model.device = facts.device
        response.model.parameters = facts.parameters
        response.model.weight_bytes = facts.weight_bytes
        response.model.attn_implementation = facts.attn_implementation
        response.model.threads = facts.threads
        response.model.base_model = config.model.base_model or ""
        response.model.adapters.extend(facts.adapters)
        response.model.trust_remote_code = config.model.trust_remote_code
        response.importable_modules.extend(facts.importable_modules)
        response.layers.extend(
            pb.Layer(name=layer.name, active=layer.active, detail=layer.detail, closes=layer.closes)
            for layer in facts.layers
        )
        response.versions.update(facts.versions)
    return response
