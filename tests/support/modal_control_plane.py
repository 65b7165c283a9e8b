"""Modal's control plane, as far as Cloche needs it: the real client library talks to it over gRPC.

Written from the public protocol, `modal_proto`. What reached it is in `requests`; what it keeps
(apps, their functions, tags, autoscalers) follows from that. `refuse` makes a method fail.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpclib.const
import grpclib.server
from google.protobuf import empty_pb2, message_factory
from google.protobuf.message import Message
from grpclib import GRPCError, Status
from modal_proto import api_pb2

SERVICE = api_pb2.DESCRIPTOR.services_by_name["ModalClient"]
OK = api_pb2.GenericResult(status=api_pb2.GenericResult.GENERIC_STATUS_SUCCESS)


@dataclass
class App:
    """One App, found by its name once it was deployed; `functions` has the id for each tag."""

    name: str
    app_id: str
    tags: dict[str, str] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)
    stopped: bool = False
    deployments: int = 0


class ControlPlane:
    """Answers each method by the method of its name; those that it lacks are UNIMPLEMENTED."""

    def __init__(self) -> None:
        self.url = ""
        self.reset()

    def reset(self) -> None:
        self.requests: list[tuple[str, Message]] = []
        self.refusals: dict[str, GRPCError] = {}
        # At these it hangs up, and at all that come after them.
        self.dies_at: set[str] = set()
        self.dead = False
        self.apps: dict[str, App] = {}
        self.definitions: dict[str, Any] = {}
        self.ranked: dict[str, list[Any]] = {}
        self.scaling: dict[str, Any] = {}
        self.secrets: dict[str, tuple[str, ...]] = {}
        # What those that were given with their values hold.
        self.variables: dict[str, dict[str, str]] = {}
        self.endpoint = "https://localhost:443"
        self.images: list[Any] = []
        self.image_requests: list[Any] = []
        self.image_result = OK
        self.build_log = ("Step: one\n", "Step: two\n")
        self.files: set[str] = set()
        self.logs: list[tuple[float, str]] = []
        self.starting = 0
        # Where a container's tunnel is, by the port that it leads to.
        self.tunnel: Callable[[int], tuple[str, int]] | None = None
        self._count = 0

    def refuse(self, method: str, status: Status, message: str) -> None:
        """From now on `method` ends with `status`."""
        self.refusals[method] = GRPCError(status, message)

    def of(self, method: str) -> list[Any]:
        """The requests of one method, in their order."""
        return [request for name, request in self.requests if name == method]

    def log(self, line: str) -> None:
        """A line of a container's, now."""
        self.logs.append((time.time(), line))

    def __mapping__(self) -> dict[str, grpclib.const.Handler]:
        return {
            f"/{SERVICE.full_name}/{method.name}": self._handler(method)
            for method in SERVICE.methods
        }

    def _handler(self, method: Any) -> grpclib.const.Handler:
        answer = getattr(self, method.name, None)

        async def handle(stream: grpclib.server.Stream[Any, Any]) -> None:
            request = await stream.recv_message()
            self.requests.append((method.name, request))
            if self.dead or method.name in self.dies_at:
                self.dead = True
                stream._stream._transport.abort()
                return
            if method.name in self.refusals:
                raise self.refusals[method.name]
            if answer is None:
                raise GRPCError(Status.UNIMPLEMENTED, f"{method.name} is not needed here")
            if method.server_streaming:
                for message in answer(request):
                    await stream.send_message(message)
            else:
                await stream.send_message(answer(request))

        kinds = grpclib.const.Cardinality
        return grpclib.const.Handler(
            handle,
            kinds.UNARY_STREAM if method.server_streaming else kinds.UNARY_UNARY,
            message_factory.GetMessageClass(method.input_type),
            message_factory.GetMessageClass(method.output_type),
        )

    def _id(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}-{self._count:022d}"

    # Apps

    def EnvironmentGetOrCreate(self, request: Any) -> Message:
        settings = api_pb2.EnvironmentSettings(image_builder_version="2025.06")
        return api_pb2.EnvironmentGetOrCreateResponse(
            environment_id="en-1",
            metadata=api_pb2.EnvironmentMetadata(name="main", settings=settings),
        )

    def AppGetByDeploymentName(self, request: Any) -> Message:
        app = self._deployed(request.name)
        return api_pb2.AppGetByDeploymentNameResponse(app_id=app.app_id if app else "")

    def AppGetOrCreate(self, request: Any) -> Message:
        app = self._deployed(request.app_name)
        if app is None:
            raise GRPCError(Status.NOT_FOUND, f"App '{request.app_name}' not found")
        return api_pb2.AppGetOrCreateResponse(app_id=app.app_id)

    def AppCreate(self, request: Any) -> Message:
        app = App(request.description, self._id("ap"))
        self.apps[app.name] = app
        return api_pb2.AppCreateResponse(app_id=app.app_id, app_page_url="https://page.invalid")

    def AppGetLayout(self, request: Any) -> Message:
        app = self._app(request.app_id)
        layout = api_pb2.AppLayout(function_ids=app.functions)
        for function_id in app.functions.values():
            layout.objects.add(
                object_id=function_id, function_handle_metadata=self._metadata(function_id)
            )
        return api_pb2.AppGetLayoutResponse(app_layout=layout)

    def AppPublish(self, request: Any) -> Message:
        app = self._app(request.app_id)
        app.functions, app.tags = dict(request.function_ids), dict(request.tags)
        app.deployments += 1
        # A deployment resets the autoscaler to what it says itself.
        for function_id in app.functions.values():
            settings = api_pb2.AutoscalerSettings()
            settings.CopyFrom(self.definitions[function_id].autoscaler_settings)
            self.scaling[function_id] = settings
        return api_pb2.AppPublishResponse(url="https://page.invalid", deployed_at=time.time())

    def AppGetTags(self, request: Any) -> Message:
        return api_pb2.AppGetTagsResponse(tags=self._app(request.app_id).tags)

    def AppGetInfo(self, request: Any) -> Message:
        app = self._app(request.app_id)
        lifecycle = api_pb2.AppLifecycle(
            app_state=api_pb2.APP_STATE_DEPLOYED, deployed_at=1_700_000_000.0
        )
        info = api_pb2.AppHandleMetadata(description=app.name, lifecycle=lifecycle)
        return api_pb2.AppGetInfoResponse(info=info)

    def AppStop(self, request: Any) -> Message:
        self._app(request.app_id).stopped = True
        return empty_pb2.Empty()

    def AppHeartbeat(self, request: Any) -> Message:
        return empty_pb2.Empty()

    def AppClientDisconnect(self, request: Any) -> Message:
        return empty_pb2.Empty()

    def _deployed(self, name: str) -> App | None:
        app = self.apps.get(name)
        return app if app is not None and app.deployments and not app.stopped else None

    def _app(self, app_id: str) -> App:
        return next(app for app in self.apps.values() if app.app_id == app_id)

    # What an App is made of

    def SecretGetOrCreate(self, request: Any) -> Message:
        name = request.deployment_name
        if name and name not in self.secrets:
            raise GRPCError(Status.NOT_FOUND, f"Secret '{name}' not found")
        secret_id = self._id("st")
        self.secrets[secret_id] = (name,) if name else tuple(request.env_dict)
        self.variables[secret_id] = dict(request.env_dict)
        return api_pb2.SecretGetOrCreateResponse(secret_id=secret_id)

    def VolumeGetOrCreate(self, request: Any) -> Message:
        return api_pb2.VolumeGetOrCreateResponse(
            volume_id=self._id("vo"), metadata=api_pb2.VolumeMetadata(name=request.deployment_name)
        )

    def MountBatchedCheckExistence(self, request: Any) -> Message:
        missing = [digest for digest in request.sha256_hex_hashes if digest not in self.files]
        return api_pb2.MountBatchedCheckExistenceResponse(missing_sha256_hex_hashes=missing)

    def MountPutFile(self, request: Any) -> Message:
        self.files.add(request.sha256_hex)
        return api_pb2.MountPutFileResponse(exists=True)

    def MountGetOrCreate(self, request: Any) -> Message:
        return api_pb2.MountGetOrCreateResponse(mount_id=self._id("mo"))

    def ImageGetOrCreate(self, request: Any) -> Message:
        self.images.append(request.image)
        self.image_requests.append(request)
        return api_pb2.ImageGetOrCreateResponse(image_id=self._id("im"))

    def ImageJoinStreaming(self, request: Any) -> Iterator[Message]:
        for line in self.build_log:
            yield api_pb2.ImageJoinStreamingResponse(task_logs=[api_pb2.TaskLogs(data=line)])
        yield api_pb2.ImageJoinStreamingResponse(
            result=self.image_result,
            metadata=api_pb2.ImageMetadata(
                python_version_info="3.11.7", image_builder_version="2025.06"
            ),
        )

    # The server class

    def FunctionPrecreate(self, request: Any) -> Message:
        function_id = request.existing_function_id or self._id("fu")
        return api_pb2.FunctionPrecreateResponse(function_id=function_id)

    def FunctionCreate(self, request: Any) -> Message:
        function_id = request.existing_function_id or self._id("fu")
        # Several, where there is a choice of GPUs; they differ in nothing else.
        ranked = [one.function for one in request.function_data.ranked_functions]
        self.definitions[function_id] = ranked[0] if ranked else request.function
        self.ranked[function_id] = ranked or [request.function]
        return api_pb2.FunctionCreateResponse(
            function_id=function_id,
            function=self.definitions[function_id],
            function_data=self._data(function_id),
            handle_metadata=self._metadata(function_id),
        )

    def FunctionGet(self, request: Any) -> Message:
        app = self._deployed(request.app_name)
        if app is None or request.object_tag not in app.functions:
            raise GRPCError(Status.NOT_FOUND, f"No function {request.object_tag} was found")
        function_id = app.functions[request.object_tag]
        metadata = self._metadata(function_id)
        metadata.app_id = app.app_id
        return api_pb2.FunctionGetResponse(
            function_id=function_id, handle_metadata=metadata, function=self._data(function_id)
        )

    def FunctionGetById(self, request: Any) -> Message:
        (app,) = (a for a in self.apps.values() if request.function_id in a.functions.values())
        tag = next(t for t, found in app.functions.items() if found == request.function_id)
        answer = self.FunctionGet(api_pb2.FunctionGetRequest(app_name=app.name, object_tag=tag))
        assert isinstance(answer, api_pb2.FunctionGetResponse)
        return api_pb2.FunctionGetByIdResponse(
            function=answer.function, handle_metadata=answer.handle_metadata
        )

    def FunctionGetSchedulingParams(self, request: Any) -> Message:
        configuration = api_pb2.AutoscalerConfiguration(settings=self.scaling[request.function_id])
        return api_pb2.FunctionGetSchedulingParamsResponse(autoscaler_configuration=configuration)

    def FunctionUpdateSchedulingParams(self, request: Any) -> Message:
        self.scaling[request.function_id].MergeFrom(request.settings)
        return api_pb2.FunctionUpdateSchedulingParamsResponse(
            current_settings=self.scaling[request.function_id]
        )

    # What a container says

    def ContainerServerLifecycleReady(self, request: Any) -> Message:
        return empty_pb2.Empty()

    def TaskResult(self, request: Any) -> Message:
        return empty_pb2.Empty()

    def VolumeCommit(self, request: Any) -> Message:
        return api_pb2.VolumeCommitResponse()

    def TunnelStart(self, request: Any) -> Message:
        if self.tunnel is None:
            raise GRPCError(Status.UNAVAILABLE, "no relay")
        host, port = self.tunnel(request.port)
        return api_pb2.TunnelStartResponse(host=host, port=port)

    def TunnelStop(self, request: Any) -> Message:
        return api_pb2.TunnelStopResponse(exists=True)

    # What people ask

    def ServerGetTimeRangeStats(self, request: Any) -> Message:
        return api_pb2.ServerGetTimeRangeStatsResponse(
            since=request.since,
            until=request.until,
            request_count=7,
            container_creating_at_end_count=self.starting,
        )

    def AppFetchLogs(self, request: Any) -> Message:
        since, until = request.since.ToNanoseconds(), request.until.ToNanoseconds()
        items = [
            api_pb2.TaskLogs(
                data=line, timestamp=at, timestamp_ns=int(at * 1e9),
                file_descriptor=api_pb2.FILE_DESCRIPTOR_STDERR,
            )
            for at, line in self.logs
            if (not since or at * 1e9 >= since) and (not until or at * 1e9 <= until)
        ]  # fmt: skip
        batch = api_pb2.TaskLogsBatch(task_id="ta-1", items=items)
        return api_pb2.AppFetchLogsResponse(batches=[batch] if items else [])

    def AppGetLogs(self, request: Any) -> Iterator[Message]:
        yield api_pb2.TaskLogsBatch(
            task_id="ta-1", entry_id="1-0", app_done=True,
            items=[api_pb2.TaskLogs(data="followed\n", timestamp=time.time())],
        )  # fmt: skip

    def _data(self, function_id: str) -> Any:
        definition = self.definitions[function_id]
        data = api_pb2.FunctionData(
            module_name=definition.module_name,
            function_name=definition.function_name,
            http_config=definition.http_config,
            is_server=definition.is_server,
        )
        for rank, function in enumerate(self.ranked[function_id]):
            data.ranked_functions.add(rank=rank, function=function)
        return data

    def _metadata(self, function_id: str) -> Any:
        return api_pb2.FunctionHandleMetadata(
            function_name="InterpBackend",
            definition_id=f"de-{function_id}",
            _experimental_flash_urls=[self.endpoint] if self.endpoint else [],
        )


@contextmanager
def running(plane: ControlPlane) -> Iterator[ControlPlane]:
    """Serves in a thread of its own; `plane.url` says where."""
    started: threading.Event = threading.Event()
    stop: list[Callable[[], None]] = []

    async def serve() -> None:
        server = grpclib.server.Server([plane])
        await server.start("127.0.0.1", 0)
        assert server._server is not None
        plane.url = f"http://127.0.0.1:{server._server.sockets[0].getsockname()[1]}"
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        stop.append(lambda: loop.call_soon_threadsafe(ended.set) and None)
        started.set()
        await ended.wait()
        server.close()
        await server.wait_closed()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield plane
    finally:
        stop[0]()
        thread.join(10)
