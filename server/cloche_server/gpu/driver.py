"""The calls of the CUDA driver that sharing weights needs, by ctypes.

Memory is created apart from addresses, exported as a descriptor, and mapped by each process with
the access that it asks for. A descriptor is passed to the driver by value.
Source: cuda.h of CUDA 12 and 13, "Virtual Memory Management".
"""

from __future__ import annotations

import ctypes
from typing import Final

LIBRARY: Final = "libcuda.so.1"
READ: Final = 1
READ_WRITE: Final = 3
# CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED and ..._POSIX_FILE_DESCRIPTOR_SUPPORTED
HAS_VIRTUAL_MEMORY: Final = 102
HAS_DESCRIPTORS: Final = 103

_PINNED = _FILE_DESCRIPTOR = _DEVICE = 1
_size, _long = ctypes.c_size_t, ctypes.c_uint64


class _Properties(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in ("type", "handles", "place", "ordinal")]
    _fields_ += [("win32", ctypes.c_void_p), ("flags", ctypes.c_ubyte * 8)]


class _Access(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in ("place", "ordinal", "flags")]


class DriverError(OSError):
    """The driver refused a call, or is not there; the message has its name for the reason."""


class Driver:
    """The driver of this process, on one device. A fork needs one of its own."""

    def __init__(self, library: str = LIBRARY, ordinal: int = 0) -> None:
        try:
            self._library = ctypes.CDLL(library)
        except OSError as error:
            raise DriverError(f"no CUDA driver: {error}") from None
        self._ordinal = ordinal
        self._device = ctypes.c_int()

    def begin(self) -> None:
        """Starts CUDA in this process, with torch's own context: the primary one."""
        self._call("cuInit", ctypes.c_uint(0))
        self._call("cuDeviceGet", ctypes.byref(self._device), self._ordinal)
        context = ctypes.c_void_p()
        self._call("cuDevicePrimaryCtxRetain", ctypes.byref(context), self._device)
        self._call("cuCtxSetCurrent", context)

    def attribute(self, number: int) -> int:
        value = ctypes.c_int()
        self._call("cuDeviceGetAttribute", ctypes.byref(value), number, self._device)
        return value.value

    def granularity(self) -> int:
        """Sizes and addresses of memory are multiples of it."""
        size, properties = _size(), ctypes.byref(self._properties())
        self._call("cuMemGetAllocationGranularity", ctypes.byref(size), properties, 0)
        return size.value

    def free_and_total_bytes(self) -> tuple[int, int]:
        free, total = _size(), _size()
        self._call("cuMemGetInfo_v2", ctypes.byref(free), ctypes.byref(total))
        return free.value, total.value

    def create(self, size: int) -> int:
        """Returns a handle of new memory, which lives as long as anything that names it."""
        handle, properties = _long(), ctypes.byref(self._properties())
        self._call("cuMemCreate", ctypes.byref(handle), _size(size), properties, _long(0))
        return handle.value

    def release(self, handle: int) -> None:
        self._call("cuMemRelease", _long(handle))

    def export(self, handle: int) -> int:
        file, zero = ctypes.c_int(-1), _long(0)
        out, kind = ctypes.byref(file), _FILE_DESCRIPTOR
        self._call("cuMemExportToShareableHandle", out, _long(handle), kind, zero)
        return file.value

    def take(self, file: int) -> int:
        """Returns a handle of what was exported. The descriptor stays the caller's."""
        handle, by_value = _long(), ctypes.c_void_p(file)
        out, kind = ctypes.byref(handle), _FILE_DESCRIPTOR
        self._call("cuMemImportFromShareableHandle", out, by_value, kind)
        return handle.value

    def map(self, handle: int, size: int, access: int) -> int:
        """Returns a new address of the memory, which this process may use so."""
        address, zero = _long(), _long(0)
        self._call("cuMemAddressReserve", ctypes.byref(address), _size(size), _size(0), zero, zero)
        self._call("cuMemMap", address, _size(size), _size(0), _long(handle), zero)
        self.allow(address.value, size, access)
        return address.value

    def allow(self, address: int, size: int, access: int) -> None:
        how = _Access(_DEVICE, self._ordinal, access)
        self._call("cuMemSetAccess", _long(address), _size(size), ctypes.byref(how), _size(1))

    def unmap(self, address: int, size: int) -> None:
        self._call("cuMemUnmap", _long(address), _size(size))
        self._call("cuMemAddressFree", _long(address), _size(size))

    def upload(self, address: int, source: int, size: int) -> None:
        """From an address of this process."""
        self._call("cuMemcpyHtoD_v2", _long(address), ctypes.c_void_p(source), _size(size))

    def download(self, address: int, size: int) -> bytes:
        data = ctypes.create_string_buffer(size)
        self._call("cuMemcpyDtoH_v2", data, _long(address), _size(size))
        return data.raw

    def _properties(self) -> _Properties:
        return _Properties(_PINNED, _FILE_DESCRIPTOR, _DEVICE, self._ordinal)

    def _call(self, name: str, *arguments: object) -> None:
        code = getattr(self._library, name)(*arguments)
        if code:
            text = ctypes.c_char_p()
            self._library.cuGetErrorName(code, ctypes.byref(text))
            raise DriverError(code, f"{name}: {(text.value or b'unknown').decode()}")
