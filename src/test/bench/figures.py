"""What is measured: one function a figure. It takes the server and the options and gives a dict with `value` in the
figure's unit, and where they apply `bytes` or `operations`, `p50` and `p99` (milliseconds)."""
import json
import multiprocessing
import os
import re
import shutil
import statistics
import subprocess
import threading
import time
import urllib.parse
from collections import namedtuple

from connection import MIB, Body, Connection, HttpError, sha256

MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
ACCEPT = {'Accept': MANIFEST}
REPOSITORY = 'bench/main'
SMALL_BLOBS = 480

Figure = namedtuple('Figure', 'key title unit measure')
FIGURES = []
processes = multiprocessing.get_context('fork')


def figure(key, title, unit):
    """Registers a figure. `title` may name sizes that the options decide."""
    def register(measure):
        FIGURES.append(Figure(key, title, unit, measure))
        return measure
    return register


# ---------------------------------------------------------------- how load is made

def timed(action):
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def percentile(latencies, part):
    latencies = sorted(latencies)
    return latencies[min(len(latencies) - 1, int(len(latencies) * part))] * 1000


def rate(wall, latencies):
    return {'value': len(latencies) / wall, 'operations': len(latencies),
            'p50': percentile(latencies, .5), 'p99': percentile(latencies, .99)}


def throughput(size, wall):
    return {'value': size / 1e6 / wall, 'bytes': size}


def parallel(server, clients, action):
    """Runs `action(connection, number)` in as many processes at once, each with a warm connection. Wall seconds, and all
    the latencies that the actions gave."""
    barrier, results = processes.Barrier(clients + 1), processes.Queue()

    def work(number):
        try:
            connection = Connection(server.port).open()
            connection.expect(200, 'GET', '/v2/')
            barrier.wait(60)
            results.put((action(connection, number), None))
        except BaseException as error:
            results.put((None, repr(error)))
            barrier.abort()

    workers = [processes.Process(target=work, args=(number,)) for number in range(clients)]
    for worker in workers:
        worker.start()
    failure = None
    try:
        barrier.wait(60)
    except threading.BrokenBarrierError:
        failure = 'a client did not start'
    begin, latencies = time.perf_counter(), []
    for _ in workers:
        result, error = results.get()
        failure = error or failure
        latencies += result or []
    wall = time.perf_counter() - begin
    for worker in workers:
        worker.join()
    if failure:
        raise HttpError(failure)
    return wall, latencies


def wrk(server, options, connections, path, headers):
    script = os.path.join(options.scratch, 'wrk.lua')
    with open(script, 'w') as file:
        file.writelines('wrk.headers["%s"]="%s"\n' % header for header in headers.items())
    printed = subprocess.run(
        ['wrk', '-t1', '-c%d' % connections, '-d%ds' % options.seconds, '--timeout', '10s', '--latency', '-s', script,
         'http://127.0.0.1:%d%s' % (server.port, path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    requests = re.search(r'(\d+) requests in', printed)
    if not requests or requests.group(1) == '0' or 'Socket errors' in printed or 'Non-2xx' in printed:
        raise HttpError('wrk: ' + ' | '.join(printed.split('\n')[-6:]))

    def latency(part):
        value, unit = re.search(r'%d%%\s+([\d.]+)(us|ms|s)\b' % part, printed).groups()
        return float(value) * {'us': 1e-3, 'ms': 1, 's': 1e3}[unit]
    return {'value': float(re.search(r'Requests/sec:\s*([\d.]+)', printed).group(1)),
            'operations': int(requests.group(1)), 'p50': latency(50), 'p99': latency(99)}


def heads(server, options, connections, path, status):
    """HEAD load. Not by wrk, which never ends an answer that has a Content-Length and no body."""
    def spin(connection, _):
        request, expected = connection.head('HEAD', path, ACCEPT), b' %d ' % status
        latencies, begin = [], time.perf_counter()
        end = begin + options.seconds
        while begin < end:
            connection.socket.sendall(request)
            answer = connection.receive(65536)
            while not answer.endswith(b'\r\n\r\n'):
                answer += connection.receive(65536)
            if expected not in answer[:20]:
                raise HttpError(str(answer[:80]))
            now = time.perf_counter()
            latencies.append(now - begin)
            begin = now
        return latencies
    return rate(options.seconds, parallel(server, connections, spin)[1])


# ---------------------------------------------------------------- content

def manifest(seeds, note=''):
    layers = [{'mediaType': 'application/vnd.oci.image.layer.v1.tar', 'size': size, 'digest': seeds[name]}
              for name, size in (('4k', 4096), ('1m', MIB))]
    config = {'mediaType': 'application/vnd.oci.image.config.v1+json', 'size': seeds['config-size'], 'digest': seeds['config']}
    return json.dumps({'schemaVersion': 2, 'mediaType': MANIFEST, 'config': config, 'layers': layers,
                       'annotations': {'note': note}}).encode()


def put_manifest(connection, repository, reference, payload):
    connection.expect(201, 'PUT', '/v2/%s/manifests/%s' % (repository, reference), {'Content-Type': MANIFEST}, payload)


def seed(server, options):
    """Blobs of 4 KiB, 1 MiB and two large sizes and an image of the small ones, read back and compared."""
    connection, seeds = Connection(server.port).open(), {}
    config = json.dumps({'architecture': 'amd64', 'os': 'linux', 'note': os.urandom(8).hex()}).encode()
    seeds['config'], seeds['config-size'] = connection.push(REPOSITORY, config), len(config)
    for name, size in (('4k', 4096), ('1m', MIB)):
        seeds[name] = connection.push(REPOSITORY, os.urandom(size))
    for name, size in (('large', options.large), ('medium', options.medium)):
        body = Body(size)
        connection.push_whole(REPOSITORY, body)
        seeds[name] = body.digest
    payload = manifest(seeds)
    seeds['manifest'] = sha256(payload)
    put_manifest(connection, REPOSITORY, 'latest', payload)
    if connection.expect(200, 'GET', '/v2/%s/manifests/latest' % REPOSITORY, ACCEPT)[2] != payload:
        raise HttpError('the manifest came back changed')
    for name in ('4k', '1m', 'medium'):
        if sha256(connection.expect(200, 'GET', '/v2/%s/blobs/%s' % (REPOSITORY, seeds[name]))[2]) != seeds[name]:
            raise HttpError('a blob came back changed')
    seeds['small'] = [connection.push(REPOSITORY, os.urandom(64)) for _ in range(SMALL_BLOBS)]
    connection.close()
    server.seeds = seeds


# What a web server can show as well: bytes under a name.
OF_BYTES = ('pull.', 'blob.get', 'blob.range')


def seed_files(server, options):
    """The blobs of those figures, as files under names that look like digests."""
    server.seeds = {}
    for name, size in (('4k', 4096), ('1m', MIB), ('large', options.large), ('medium', options.medium)):
        server.seeds[name] = 'sha256:' + os.urandom(32).hex()
        parts = (os.urandom(min(8 * MIB, size - begin)) for begin in range(0, size, 8 * MIB))
        server.put('/v2/%s/blobs/%s' % (REPOSITORY, server.seeds[name]), parts)


def mount_image(connection, repository, seeds, tag):
    for name in ('config', '4k', '1m'):
        connection.expect(201, 'POST', '/v2/%s/blobs/uploads/?mount=%s&from=%s' % (repository, seeds[name], REPOSITORY))
    put_manifest(connection, repository, tag, manifest(seeds))


# ---------------------------------------------------------------- transfers

def push(server, options, size, send):
    if shutil.disk_usage(server.directory).free < 10 << 30:
        raise SystemExit('under 10 GiB free in %s' % server.directory)
    body, connection = Body(size), Connection(server.port).open()
    connection.expect(200, 'GET', '/v2/')
    os.sync()
    return throughput(size, timed(lambda: send(connection, 'bench/push', body)))


@figure('push.whole', 'push {large}, POST + PUT', 'MB/s')
def _(server, options):
    return push(server, options, options.large, Connection.push_whole)


@figure('push.stream', 'push {large}, POST + streaming PATCH + PUT', 'MB/s')
def _(server, options):
    return push(server, options, options.large, Connection.push_stream)


@figure('push.ranges', 'push {medium} in PATCHes of 8 MiB', 'MB/s')
def _(server, options):
    return push(server, options, options.medium, lambda c, repository, body: c.push_ranges(repository, body, 8 * MIB))


@figure('push.parallel', 'push 8 × 64 MiB at once', 'MB/s')
def _(server, options):
    bodies = [Body(64 * MIB) for _ in range(8)]
    os.sync()
    wall, _ = parallel(server, 8, lambda connection, number: [
        timed(lambda: connection.push_stream('bench/parallel%d' % number, bodies[number]))])
    return throughput(8 * 64 * MIB, wall)


def pull(server, connection, name, size):
    path = '/v2/%s/blobs/%s' % (REPOSITORY, server.seeds[name])
    got = []
    seconds = timed(lambda: got.append(connection.expect(200, 'GET', path, discard=True)[2]))
    if got != [size]:
        raise HttpError('%s bytes of %d came' % (got, size))
    return seconds


@figure('pull.whole', 'pull {large}', 'MB/s')
def _(server, options):
    return throughput(options.large, pull(server, Connection(server.port).open(), 'large', options.large))


@figure('pull.parallel', 'pull 8 × {medium} at once', 'MB/s')
def _(server, options):
    wall, _ = parallel(server, 8, lambda connection, _: [pull(server, connection, 'medium', options.medium)])
    return throughput(8 * options.medium, wall)


# ---------------------------------------------------------------- requests

def reads(key, title, connections, path, headers=None):
    for count in connections:
        figure('%s.c%d' % (key, count), '%s, %d connection%s' % (title, count, 's' * (count > 1)), 'requests/s')(
            lambda server, options, count=count: wrk(server, options, count, path(server), headers or {}))


def lookups(key, title, connections, path, status=200):
    for count in connections:
        figure('%s.c%d' % (key, count), '%s, %d connection%s' % (title, count, 's' * (count > 1)), 'requests/s')(
            lambda server, options, count=count: heads(server, options, count, path(server), status))


def blob(name):
    return lambda server: '/v2/%s/blobs/%s' % (REPOSITORY, server.seeds[name])


def by_tag(_):
    return '/v2/%s/manifests/latest' % REPOSITORY


def by_digest(server):
    return '/v2/%s/manifests/%s' % (REPOSITORY, server.seeds['manifest'])


reads('blob.get4k', 'blob GET 4 KiB', (1, 16, 64), blob('4k'))
reads('blob.get1m', 'blob GET 1 MiB', (1, 16, 64), blob('1m'))
reads('blob.range', 'blob GET, range of 64 KiB', (16,), blob('medium'), headers={'Range': 'bytes=10000000-10065535'})
lookups('blob.head', 'blob HEAD', (1, 16), blob('1m'))
lookups('blob.missing', 'blob HEAD, missing', (1, 16), lambda _: '/v2/%s/blobs/sha256:%s' % (REPOSITORY, '0' * 64), 404)
reads('manifest.get.tag', 'manifest GET by tag', (1, 16, 64), by_tag, ACCEPT)
reads('manifest.get.digest', 'manifest GET by digest', (1, 16, 64), by_digest, ACCEPT)
lookups('manifest.head.tag', 'manifest HEAD by tag', (16,), by_tag)
lookups('manifest.head.digest', 'manifest HEAD by digest', (16,), by_digest)


def put_manifests(server, options, clients):
    def work(connection, number):
        latencies, end = [], time.perf_counter() + 2 * options.seconds
        while time.perf_counter() < end:
            tag = 'p%s-%d-%d' % (os.urandom(4).hex(), number, len(latencies))
            payload = manifest(server.seeds, tag)
            latencies.append(timed(lambda: put_manifest(connection, REPOSITORY, tag, payload)))
        return latencies
    return rate(*parallel(server, clients, work))


@figure('manifest.put.c1', 'manifest PUT, new tag, 1 client', 'requests/s')
def _(server, options):
    return put_manifests(server, options, 1)


@figure('manifest.put.c16', 'manifest PUT, new tags, 16 clients', 'requests/s')
def _(server, options):
    return put_manifests(server, options, 16)


def mounts(server, clients):
    repository = 'bench/mount-%s' % os.urandom(4).hex()
    return rate(*parallel(server, clients, lambda connection, number: [
        timed(lambda: connection.expect(201, 'POST', '/v2/%s/blobs/uploads/?mount=%s&from=%s' % (repository, digest, REPOSITORY)))
        for digest in server.seeds['small'][number::clients]]))


@figure('mount.c1', 'cross-repository mount, 1 client', 'requests/s')
def _(server, options):
    return mounts(server, 1)


@figure('mount.c16', 'cross-repository mount, 16 clients', 'requests/s')
def _(server, options):
    return mounts(server, 16)


# ---------------------------------------------------------------- listings

def with_tags(server, options):
    """A repository of many tags, made the first time it is asked for."""
    if 'tags' not in server.seeds:
        mount_image(Connection(server.port), 'bench/tags', server.seeds, 'latest')
        parallel(server, 4, lambda connection, number: [
            timed(lambda: put_manifest(connection, 'bench/tags', 't%06d' % count, manifest(server.seeds)))
            for count in range(number, options.tags, 4)])
        server.seeds['tags'] = options.tags


def with_repositories(server, options):
    """Many repositories of one image, made the first time they are asked for."""
    if 'repositories' not in server.seeds:
        parallel(server, 4, lambda connection, number: [
            timed(lambda: mount_image(connection, 'catalog/%02d/r%05d' % (count % 50, count), server.seeds, 'latest'))
            for count in range(number, options.repositories, 4)])
        server.seeds['repositories'] = options.repositories


def page(server, path):
    """Milliseconds of a page: the median of requests that go on for a while, or the first ones would tell of the start alone."""
    connection, latencies, end = Connection(server.port).open(), [], time.perf_counter() + 1
    while len(latencies) < 5 or time.perf_counter() < end:
        latencies.append(timed(lambda: connection.expect(200, 'GET', path)))
    return {'value': statistics.median(latencies) * 1000}


def walk(server, path):
    connection, latencies = Connection(server.port).open(), []
    while path:
        answer = []
        latencies.append(timed(lambda: answer.append(connection.expect(200, 'GET', path)[1])))
        link = re.search(r'<([^>]*)>;\s*rel="?next', answer[0].get('link', ''))
        parts = urllib.parse.urlsplit(link.group(1)) if link else None
        path = parts and parts.path + '?' + parts.query
    return {'value': sum(latencies) * 1000}


@figure('tags.all', 'tags of a repository of {tags}, all', 'ms')
def _(server, options):
    with_tags(server, options)
    return page(server, '/v2/bench/tags/tags/list')


@figure('tags.page', 'the same, a page of 100 in the middle', 'ms')
def _(server, options):
    with_tags(server, options)
    return page(server, '/v2/bench/tags/tags/list?n=100&last=t%06d' % (options.tags // 2))


@figure('catalog.first', 'catalog of {repositories} repositories, first 100', 'ms')
def _(server, options):
    with_repositories(server, options)
    return page(server, '/v2/_catalog?n=100')


@figure('catalog.last', 'the same, last 100', 'ms')
def _(server, options):
    with_repositories(server, options)
    return page(server, '/v2/_catalog?n=100&last=catalog/49/r')


@figure('catalog.walk', 'the same, all in pages of 1,000', 'ms')
def _(server, options):
    with_repositories(server, options)
    return walk(server, '/v2/_catalog?n=1000')


# ---------------------------------------------------------------- what length costs

Scale = namedtuple('Scale', 'key title small large most')
MOST_FOR_LENGTH = 1.5
SHORT, LONG = 1000, 100000


def pages(server, *paths):
    """Milliseconds of a page at each path: the medians of requests that take turns."""
    connection, latencies = Connection(server.port).open(), {path: [] for path in paths}
    for _ in range(500):
        for path in paths:
            latencies[path].append(timed(lambda: connection.expect(200, 'GET', path)))
    return [statistics.median(latencies[path]) * 1000 for path in paths]


def middle(path, count):
    return '%s?n=100&last=%s%06d' % (path, 'scale/' if path.endswith('_catalog') else '', count // 2)


def measure_scales(server):
    """A page of 100 in the middle of a short and of a long list, of tags and of repositories. Rows are put straight into the
    database, as pushes would leave them: everything but the first image, whose manifest they share or copy."""
    seeds, connection = {}, Connection(server.port).open()
    config = b'{}'
    seeds['config'], seeds['config-size'] = connection.push(REPOSITORY, config), len(config)
    for name, size in (('4k', 4096), ('1m', MIB)):
        seeds[name] = connection.push(REPOSITORY, os.urandom(size))
    for count in (SHORT, LONG):
        mount_image(connection, 'tags/%d' % count, seeds, '000000')
        server.sql("""
            insert into tag (repository_id, name, manifest_id)
            select m.repository_id, lpad(i::text, 6, '0'), m.id
            from manifest m join repository r on r.id = m.repository_id, generate_series(1, %d) i
            where r.name = 'tags/%d'; analyze tag""" % (count - 1, count))
    tags = pages(server, *(middle('/v2/tags/%d/tags/list' % count, count) for count in (SHORT, LONG)))
    repositories, known = [], 0
    for count in (SHORT, LONG):
        server.sql("""
            with r as (insert into repository (name) select 'scale/' || lpad(i::text, 6, '0')
                       from generate_series(%d, %d) i returning id)
            insert into manifest (repository_id, digest, media_type, payload)
            select r.id, m.digest, m.media_type, m.payload from r, (select * from manifest limit 1) m;
            analyze repository; analyze manifest""" % (known, count - 1))
        known = count
        repositories += pages(server, middle('/v2/_catalog', count))
    return [Scale('scale.tags', 'a page of 100 tags', *tags, MOST_FOR_LENGTH),
            Scale('scale.catalog', 'a page of 100 repositories', *repositories, MOST_FOR_LENGTH)]


# ---------------------------------------------------------------- what sizes cost

# Blobs of these sizes, each twice the one before: no size may be much slower than its neighbours.
SIZES = [1024 << doubling for doubling in range(17)]
LEAST_OF_NEIGHBOURS = 0.7

Size = namedtuple('Size', 'size connections value neighbours')


def measure_sizes(server, options):
    """Pulls of each size by 1 and by 16 connections, a second, beside the mean of what its neighbours reach."""
    connection, paths, sizes = Connection(server.port).open(), [], []
    for size in SIZES:
        paths.append('/v2/%s/blobs/%s' % (REPOSITORY, connection.push(REPOSITORY, os.urandom(size))))
    for connections in (1, 16):
        for path in paths:
            wrk(server, options, connections, path, {})  # warms up
        rates = [wrk(server, options, connections, path, {})['value'] for path in paths]
        for before, size, value, after in zip(rates, SIZES[1:], rates[1:], rates[2:]):
            sizes.append(Size(size, connections, value, (before + after) / 2))
    return sizes
