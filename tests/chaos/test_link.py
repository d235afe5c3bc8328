"""A link does to connections what its name says."""

import asyncio
import contextlib

import pytest

from balancer import Balancer
from link import Link
from waiting import PATIENCE


@contextlib.asynccontextmanager
async def echo_behind_link():
    """The link, and what the server behind it has: its open connections."""
    serving = set()

    async def echo(reader, writer):
        serving.add(writer)
        try:
            while data := await reader.read(65536):
                writer.write(data)
        except ConnectionError:
            pass
        serving.discard(writer)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    link = Link("test", server.sockets[0].getsockname())
    await link.open()
    try:
        yield link, serving
    finally:
        await link.close()
        server.close()


async def connect(link):
    return await asyncio.open_connection("127.0.0.1", link.port)


async def echoed(reader, writer, data=b"hello"):
    writer.write(data)
    async with asyncio.timeout(PATIENCE):
        return await reader.readexactly(len(data)) == data


async def is_reset(reader):
    try:
        async with asyncio.timeout(PATIENCE):
            return await reader.read(1) == b""
    except ConnectionError:
        return True


def run(test):
    async def with_link():
        async with echo_behind_link() as (link, serving):
            await test(link, serving)
    asyncio.run(with_link())


def test_it_passes_what_it_gets():
    async def test(link, _):
        assert await echoed(*await connect(link), b"x" * 5_000_000)
    run(test)


def test_cut_resets_and_refuses_until_it_is_healed():
    async def test(link, _):
        reader, writer = await connect(link)
        assert await echoed(reader, writer)
        link.cut()
        assert await is_reset(reader)
        assert await is_reset((await connect(link))[0])
        link.heal()
        assert await echoed(*await connect(link))
    run(test)


def test_stall_holds_everything_back_and_loses_nothing():
    async def test(link, _):
        reader, writer = await connect(link)
        assert await echoed(reader, writer)
        link.stall()
        writer.write(b"late")
        later = await connect(link)
        later[1].write(b"later")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await reader.read(1)
        link.heal()
        assert await reader.readexactly(4) == b"late"
        assert await later[0].readexactly(5) == b"later"
    run(test)


def test_delay_keeps_the_order_also_when_it_ends():
    async def test(link, _):
        reader, writer = await connect(link)
        assert await echoed(reader, writer)
        link.delay(0.1)
        begin = asyncio.get_running_loop().time()
        writer.write(b"one")
        await writer.drain()
        await asyncio.sleep(0.05)
        link.heal()
        writer.write(b"two")
        assert await reader.readexactly(6) == b"onetwo"
        assert asyncio.get_running_loop().time() - begin >= 0.1
    run(test)


def test_half_open_is_noticed_by_the_near_end_alone():
    async def test(link, serving):
        reader, writer = await connect(link)
        assert await echoed(reader, writer)
        link.half_open()
        assert await is_reset(reader)
        assert await echoed(*await connect(link))
        assert len(serving) == 2
        link.heal()
        async with asyncio.timeout(PATIENCE):
            while len(serving) > 1:
                await asyncio.sleep(0.01)
    run(test)


def test_a_balancer_goes_round_and_skips_who_does_not_answer():
    async def test():
        async with echo_behind_link() as (link, _), \
                echo_behind_link() as (other, _):
            balancer = Balancer("test", [("127.0.0.1", x.port)
                                         for x in (link, other)])
            await balancer.open()
            taken = [await connect(balancer) for _ in range(4)]
            assert all([await echoed(*x) for x in taken])
            assert len(link.pairs) == len(other.pairs) == 2
            other.server.close()
            taken += [await connect(balancer) for _ in range(2)]
            assert all([await echoed(*x) for x in taken])
            assert len(link.pairs) == 4
            await balancer.close()
    asyncio.run(test())
