"""Calls the kernel as programs of 32 bits do: other numbers, which no list of 64 bits knows."""

# expect: refused
import ctypes
import mmap
import os

from honest import Value  # noqa: F401

if os.uname().machine != "x86_64":
    raise SystemExit
CODE = b"\xb8\x14\x00\x00\x00\xcd\x80\xc3"  # mov eax, getpid; int 0x80; ret
PAGE = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)
PAGE.write(CODE)
call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(PAGE)))
call()
