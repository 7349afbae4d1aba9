"""The registries under test, a web server for what bytes cost at least, and what the processes of each cost."""
import http.client
import os
import signal
import socket
import subprocess
import time

TICKS = os.sysconf('SC_CLK_TCK')
PROJECT = os.path.abspath(os.path.join(os.path.dirname(__file__), '../../..'))


class Server:
    """A registry on a free loopback port, with its data below `directory`."""

    def __init__(self, name, directory):
        self.name, self.directory = name, directory
        self.data = os.path.join(directory, 'data')
        self.log = os.path.join(directory, 'log')
        with socket.create_server(('127.0.0.1', 0)) as probe:
            self.port = probe.getsockname()[1]
        os.makedirs(directory)
        os.chmod(directory, 0o755)  # a PostgreSQL started by root runs as another user
        self.process, self.scanned, self.pids = None, 0, []

    def command(self):
        """Words and environment that start it."""
        raise NotImplementedError

    def start(self):
        """Seconds until it answered."""
        words, environment = self.command()
        inherited = {k: v for k, v in os.environ.items() if not k.startswith('REGISTRY_')}
        begin = time.perf_counter()
        self.process = subprocess.Popen(words, env=dict(inherited, **environment), stdin=subprocess.DEVNULL,
                                        stdout=open(self.log, 'ab'), stderr=subprocess.STDOUT, start_new_session=True)
        while not self.answers():
            if self.process.poll() is not None or time.perf_counter() - begin > 120:
                raise SystemExit('%s did not start:\n%s' % (self.name, open(self.log).read()[-2000:]))
            time.sleep(0.01)
        self.scanned = 0
        return time.perf_counter() - begin

    def answers(self):
        try:
            connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=5)
            connection.request('GET', '/v2/')
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)

    def cpu(self):
        """CPU seconds of all its processes so far, ended children included."""
        ticks = 0
        for pid in self.processes():
            try:
                with open('/proc/%d/stat' % pid) as file:
                    ticks += sum(int(field) for field in file.read().rsplit(')', 1)[1].split()[11:15])
            except OSError:
                pass  # ended, and counted by its parent
        return ticks / TICKS

    def memory(self):
        """MiB resident in all its processes, shared pages counted once (PSS)."""
        kib = 0
        for pid in self.processes():
            try:
                with open('/proc/%d/smaps_rollup' % pid) as file:
                    kib += sum(int(line.split()[1]) for line in file if line.startswith('Pss:'))
            except OSError:
                pass
        return kib / 1024

    def processes(self):
        """Its process with all descendants, and whatever works in its data directory, as its PostgreSQL does."""
        if time.monotonic() - self.scanned > 1:
            children = {}
            found = {self.process.pid}
            for pid in map(int, filter(str.isdigit, os.listdir('/proc'))):
                try:
                    with open('/proc/%d/stat' % pid) as file:
                        children.setdefault(int(file.read().rsplit(')', 1)[1].split()[1]), []).append(pid)
                    if os.readlink('/proc/%d/cwd' % pid).startswith(self.data + '/'):
                        found.add(pid)
                except OSError:
                    pass
            pending = list(found)
            while pending:
                for child in children.get(pending.pop(), []):
                    if child not in found:
                        found.add(child)
                        pending.append(child)
            self.pids, self.scanned = sorted(found), time.monotonic()
        return self.pids


class LainRegistry(Server):
    """This project: filesystem driver, every byte and row durable before it is acknowledged, embedded PostgreSQL."""

    def command(self):
        return [os.path.join(PROJECT, 'payara/registry'), 'serve'], {
            'REGISTRY_HTTP_ADDR': '127.0.0.1:%d' % self.port,
            'REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY': self.data,
            'REGISTRY_STORAGE_DELETE_ENABLED': 'true',
            'REGISTRY_LOG_LEVEL': 'error',
            'REGISTRY_LOG_ACCESSLOG_DISABLED': 'true',
        }

    def sql(self, statements):
        """Runs statements in its database as the role that its tables belong to, which the file that it left there names."""
        with open(os.path.join(self.data, 'postgresql/connection.properties')) as file:
            facts = dict(line.strip().split('=', 1) for line in file if '=' in line)
        subprocess.run([os.path.join(PROJECT, 'payara/registry'), 'sql', statements], check=True, stdout=subprocess.DEVNULL, env=dict(
            os.environ, REGISTRY_DATABASE_URL='jdbc:postgresql://127.0.0.1:%s/registry' % facts['port'],
            REGISTRY_DATABASE_USERNAME='registry', REGISTRY_DATABASE_PASSWORD=facts['owner.password']))


class Distribution(Server):
    """docker/distribution at its fastest: descriptors cached in memory, nothing logged but errors, nothing traced."""

    def __init__(self, name, directory, program):
        super().__init__(name, directory)
        self.program = program

    def command(self):
        settings = os.path.join(self.directory, 'config.yml')
        with open(settings, 'w') as file:
            file.write('''version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: %s}
  cache: {blobdescriptor: inmemory}
  delete: {enabled: true}
  maintenance: {uploadpurging: {enabled: false}}
http: {addr: "127.0.0.1:%d", secret: bench}
''' % (self.data, self.port))
        return [self.program, 'serve', settings], {'OTEL_TRACES_EXPORTER': 'none'}


class Nginx(Server):
    """The blobs of the benchmark as files, under the addresses that a registry gives them."""

    def command(self):
        settings = os.path.join(self.directory, 'nginx.conf')
        os.makedirs(self.data, exist_ok=True)
        with open(settings, 'w') as file:
            file.write('''user root;
worker_processes auto;
daemon off;
pid %(directory)s/pid;
error_log %(directory)s/errors;
events { worker_connections 1024; }
http {
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    server {
        listen 127.0.0.1:%(port)d;
        root %(data)s;
        location = /v2/ { return 200; }
    }
}
''' % vars(self))
        return ['nginx', '-c', settings], {}

    def put(self, path, content):
        """Serves bytes, given in parts, at a path."""
        file = self.data + path
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, 'wb') as out:
            for part in content:
                out.write(part)
