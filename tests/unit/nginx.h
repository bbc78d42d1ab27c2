/* nginx.h - a private nginx in a directory of its own, with certificates made for the test.
 *
 * Plain on one port, TLS with h2 on another; which certificate is shown depends on the
 * name asked for. Dies with the test, however that ends. */
#ifndef TESTS_UNIT_NGINX_H
#define TESTS_UNIT_NGINX_H

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "peer.h"

struct nginx {
    char dir[64];
    pid_t pid;
    int plain_port, tls_port;
};

static inline bool have_program(const char *name)
{
    static const char *const dirs[] = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                       "/usr/bin",        "/sbin",          "/bin"};
    char path[128];
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
        snprintf(path, sizeof path, "%s/%s", dirs[i], name);
        if (access(path, X_OK) == 0)
            return true;
    }
    return false;
}

static inline pid_t spawn_shell(const char *script)
{
    pid_t parent = getpid(), pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(1);
    execl("/bin/sh", "sh", "-ec", script, (char *)NULL);
    _exit(127);
}

static inline int run_shell(const char *script)
{
    int status = -1;
    pid_t pid = spawn_shell(script);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* leaf NAME SUBJECT ALT-NAMES DAYS */
static const char nginx_certificates[] =
    "exec >openssl.log 2>&1\n"
    "key() { openssl ecparam -name prime256v1 -genkey -noout -out $1.key; }\n"
    "leaf() { key $1; openssl req -new -key $1.key -subj \"$2\" -out $1.csr\n"
    "  printf 'subjectAltName=%s\\n' \"$3\" > $1.ext\n"
    "  openssl x509 -req -in $1.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days $4"
    " -extfile $1.ext -out $1.pem; }\n"
    "key ca; openssl req -x509 -new -key ca.key -subj '/O=Test/CN=Test CA' -days 30 -out ca.pem\n"
    "leaf good /CN=good 'DNS:good.localhost,DNS:client.localhost,IP:127.0.0.1' 30\n"
    "key expired; openssl req -new -key expired.key -subj /CN=expired -out expired.csr\n"
    "echo subjectAltName=DNS:expired.localhost >expired.ext; : >index; echo 77 >serial\n"
    "printf '[ca]\\ndefault_ca=c\\n[c]\\ndatabase=index\\nserial=serial\\nnew_certs_dir=.\\n"
    "default_md=sha256\\npolicy=p\\n[p]\\nCN=supplied\\n' >ca.cnf\n"
    "openssl ca -batch -config ca.cnf -cert ca.pem -keyfile ca.key -extfile expired.ext"
    " -startdate 20200101000000Z -enddate 20200105000000Z -in expired.csr -out expired.pem "
    "-notext\n"
    "leaf wrong /CN=wrong 'DNS:elsewhere.example' 30\n"
    "leaf client /CN=client 'DNS:client' 30\n"
    "key self; openssl req -x509 -new -key self.key -subj /CN=self.localhost"
    " -addext subjectAltName=DNS:self.localhost -days 30 -out self.pem\n";

static const char nginx_configuration[] =
    "%sdaemon off; worker_processes 1; pid nginx.pid; error_log error.log;\n"
    "events { worker_connections 4096; }\n"
    "http {\n"
    "  access_log off; client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3;\n"
    "  uwsgi_temp_path t4; scgi_temp_path t5; default_type text/plain; server_tokens off;\n"
    "  gzip on; gzip_min_length 1; gzip_types text/plain; gzip_proxied any;\n"
    "  keepalive_requests 1000000; ssl_protocols TLSv1.2 TLSv1.3;\n"
    "  server {\n"
    "    listen %d; allow 127.0.0.0/8; deny all; root www;\n"
    "    location /hop { return 302 https://good.localhost:%d/ok; }\n"
    "    location /echo { add_header X-Method $request_method always; return 200 "
    "\"$http_authorization|$http_x_key\"; }\n"
    "  }\n";

static inline void nginx_server(FILE *f, const char *name, const char *cert, int port,
                                const char *more)
{
    fprintf(f,
            "  server { listen 127.0.0.1:%d ssl http2; server_name %s; root www; %s\n"
            "    ssl_certificate %s.pem; ssl_certificate_key %s.key; }\n",
            port, name, more, cert, cert);
}

static inline void nginx_configure(const struct nginx *n)
{
    char path[96];
    snprintf(path, sizeof path, "%s/nginx.conf", n->dir);
    FILE *f = fopen(path, "we");
    if (f == NULL)
        abort();
    fprintf(f, nginx_configuration, geteuid() == 0 ? "user root; " : "", n->plain_port,
            n->tls_port);
    nginx_server(f, "good.localhost", "good", n->tls_port, "");
    nginx_server(f, "expired.localhost", "expired", n->tls_port, "");
    nginx_server(f, "wrong.localhost", "wrong", n->tls_port, "");
    nginx_server(f, "self.localhost", "self", n->tls_port, "");
    nginx_server(f, "client.localhost", "good", n->tls_port,
                 "ssl_client_certificate ca.pem; ssl_verify_client on;");
    fprintf(f, "}\n");
    fclose(f);
}

static inline bool port_answers(int port)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = connect(fd, (struct sockaddr *)&a, sizeof a) == 0;
    close(fd);
    return ok;
}

/* The shell between us removes the directory, also when the test dies before it gets here. */
static inline void nginx_stop(struct nginx *n)
{
    kill(n->pid, SIGTERM);
    waitpid(n->pid, NULL, 0);
}

/* False when nginx or openssl is not there; says so. */
static inline bool nginx_start(struct nginx *n)
{
    char script[4096];
    memset(n, 0, sizeof *n);
    if (!have_program("nginx") || !have_program("openssl")) {
        fprintf(stderr, "SKIPPED: needs the programs nginx and openssl\n");
        return false;
    }
    snprintf(n->dir, sizeof n->dir, "/tmp/midwatch-nginx-XXXXXX");
    if (mkdtemp(n->dir) == NULL)
        abort();
    int a = listen_somewhere(&n->plain_port), b = listen_somewhere(&n->tls_port);
    close(a);
    close(b);
    nginx_configure(n);
    snprintf(
        script, sizeof script,
        "cd %s; mkdir www; head -c 200 /dev/zero | tr '\\0' a > www/ok; echo -n hello > www/hello\n"
        "head -c 200000 /dev/zero > www/big\n%s",
        n->dir, nginx_certificates);
    if (run_shell(script) != 0) {
        fprintf(stderr, "openssl failed, see %s/openssl.log\n", n->dir);
        abort();
    }
    snprintf(script, sizeof script,
             "cd %s; end() { trap '' TERM; kill $p; wait $p; cd /; rm -rf %s; exit 0; }\n"
             "nginx -e error.log -p %s -c nginx.conf >>error.log 2>&1 & p=$!\n"
             "trap end TERM; wait $p; end",
             n->dir, n->dir, n->dir);
    n->pid = spawn_shell(script);
    for (int i = 0; i < 500 && !(port_answers(n->plain_port) && port_answers(n->tls_port)); i++)
        usleep(10000);
    return true;
}

#endif
