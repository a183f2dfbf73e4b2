/* Sends prepared answers over keep-alive connections, each connection its next one as soon as the last is
 * answered.
 *
 * Usage: answer_load PORT CONNECTIONS BODIES
 *
 * One thread and epoll, so that the client takes little of the machine that it shares with the server. Prints
 * "name value" lines; only replies with status 200 count as accepted. */
#include "base/base.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAXIMUM = 1000, REPLY_MAXIMUM = 64 << 10, HEAD_MAXIMUM = 256, FILE_MAXIMUM = 1 << 30 };

struct connection {
    int descriptor;
    char head[HEAD_MAXIMUM];
    size_t head_length, sent;
    struct slice body;
    int64_t began; /* nanoseconds */
    char reply[REPLY_MAXIMUM];
    size_t received;
};

struct load {
    int epoll;
    uint16_t port;
    struct slice rest; /* bodies not sent yet */
    struct connection *connections;
    size_t open;
    int64_t *latencies; /* of the accepted, nanoseconds */
    size_t accepted, refused;
};

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "answer_load: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* ---- One request -------------------------------------------------------------------------------- */

static void wait_for(const struct load *load, struct connection *connection, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = connection};
    if (epoll_ctl(load->epoll, EPOLL_CTL_MOD, connection->descriptor, &event) != 0)
        give_up("epoll");
}

/* As much as the socket takes; true when all is sent. */
static bool send_more(struct connection *connection)
{
    size_t total = connection->head_length + connection->body.length;
    while (connection->sent < total) {
        size_t in_head =
            connection->sent < connection->head_length ? connection->head_length - connection->sent : 0;
        size_t in_body = in_head > 0 ? 0 : connection->sent - connection->head_length;
        struct iovec parts[2] = {
            {connection->head + connection->sent, in_head},
            {(void *)(uintptr_t)(connection->body.data + in_body), connection->body.length - in_body},
        };
        ssize_t written =
            writev(connection->descriptor, in_head > 0 ? parts : parts + 1, in_head > 0 ? 2 : 1);
        if (written < 0 && errno == EAGAIN)
            return false;
        if (written < 0)
            give_up("send");
        connection->sent += (size_t)written;
    }
    return true;
}

/* Begins the next request; false when none is left. */
static bool begin(struct load *load, struct connection *connection)
{
    if (!slice_take(&load->rest, '\n', &connection->body) || connection->body.length == 0)
        return false;
    connection->head_length =
        (size_t)snprintf(connection->head, sizeof connection->head,
                         "POST /api/answers HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                         "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                         load->port, connection->body.length);
    connection->sent = 0;
    connection->received = 0;
    connection->began = now();
    if (!send_more(connection))
        wait_for(load, connection, EPOLLOUT);
    return true;
}

/* ---- One reply ---------------------------------------------------------------------------------- */

/* The length of the whole reply, 0 while its head is not complete. */
static size_t reply_length(struct slice reply)
{
    size_t head = slice_find(reply, S("\r\n\r\n"));
    if (head == reply.length)
        return 0;
    struct slice rest = slice_part(reply, 0, head), line;
    int64_t length = 0;
    while (slice_take(&rest, '\n', &line)) {
        size_t colon = slice_find_byte(line, ':');
        if (slice_equal_ignore_case(slice_part(line, 0, colon), S("content-length")) &&
            !slice_to_integer(slice_trim(slice_from(line, colon + 1)), 0, REPLY_MAXIMUM, &length))
            give_up("a reply without a proper length");
    }
    return head + 4 + (size_t)length;
}

static void finish(struct load *load, struct connection *connection, struct slice reply)
{
    if (slice_starts_with(reply, S("HTTP/1.1 200 "))) {
        load->latencies[load->accepted++] = now() - connection->began;
    } else {
        if (load->refused++ == 0)
            fprintf(stderr, "answer_load: first refusal: %.*s\n", SLICE_ARG(reply));
    }
    if (!begin(load, connection)) {
        close(connection->descriptor);
        load->open--;
    }
}

static void receive(struct load *load, struct connection *connection)
{
    ssize_t got = read(connection->descriptor, connection->reply + connection->received,
                       sizeof connection->reply - connection->received);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0)
        give_up("the server closed a connection");
    connection->received += (size_t)got;
    struct slice reply = slice_from_bytes(connection->reply, connection->received);
    size_t length = reply_length(reply);
    if (length > 0 && reply.length >= length)
        finish(load, connection, slice_part(reply, 0, length));
    else if (connection->received == sizeof connection->reply)
        give_up("a reply is too large");
}

/* ---- All
 * -------------------------------------------------------------------------------------------------------------
 */

static void open_connection(struct load *load, struct connection *connection)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(load->port)};
    int on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connection->descriptor = socket(AF_INET, SOCK_STREAM, 0);
    if (connection->descriptor < 0 ||
        connect(connection->descriptor, (struct sockaddr *)&address, sizeof address) != 0)
        give_up("connect");
    setsockopt(connection->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, connection->descriptor, &event) != 0)
        give_up("epoll");
}

static void run_loop(struct load *load)
{
    enum { EVENTS = 64 };
    struct epoll_event events[EVENTS];
    while (load->open > 0) {
        int count = epoll_wait(load->epoll, events, EVENTS, 30000);
        if (count == 0)
            give_up("nothing came for 30 seconds");
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if ((events[i].events & EPOLLOUT) == 0)
                receive(load, connection);
            else if (send_more(connection))
                wait_for(load, connection, EPOLLIN);
        }
    }
}

static int by_size(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

static void print_results(struct load *load, int64_t nanoseconds)
{
    printf("accepted %zu\nrefused %zu\n", load->accepted, load->refused);
    printf("accepted_per_second %.0f\n", (double)load->accepted * 1e9 / (double)nanoseconds);
    if (load->accepted == 0)
        return;
    qsort(load->latencies, load->accepted, sizeof load->latencies[0], by_size);
    printf("p50_ms %.2f\n", (double)load->latencies[load->accepted / 2] / 1e6);
    printf("p99_ms %.2f\n", (double)load->latencies[load->accepted * 99 / 100] / 1e6);
}

int main(int argc, char **argv)
{
    int64_t port, connections;
    struct load load = {.epoll = epoll_create1(EPOLL_CLOEXEC)};
    struct error error = {0};
    CLEANUP(region_cleanup) struct region *region = region_new((size_t)FILE_MAXIMUM * 2);
    if (argc != 4 || !slice_to_integer(slice_from_text(argv[1]), 1, UINT16_MAX, &port) ||
        !slice_to_integer(slice_from_text(argv[2]), 1, CONNECTIONS_MAXIMUM, &connections)) {
        fprintf(stderr, "Usage: answer_load PORT CONNECTIONS BODIES\n");
        return 2;
    }
    if (file_read(argv[3], FILE_MAXIMUM, region, &error, &load.rest) != OK) {
        fprintf(stderr, "answer_load: %s\n", error.detail);
        return 1;
    }
    load.port = (uint16_t)port;
    load.connections = REGION_ARRAY(region, (size_t)connections, struct connection);
    load.latencies = REGION_ARRAY(region, load.rest.length / 16 + 1, int64_t); /* more than there are lines */
    if (load.connections == NULL || load.latencies == NULL)
        give_up("memory");
    for (int64_t i = 0; i < connections; i++)
        open_connection(&load, &load.connections[i]);
    int64_t began = now();
    for (int64_t i = 0; i < connections; i++)
        load.open += begin(&load, &load.connections[i]);
    run_loop(&load);
    print_results(&load, now() - began);
    return 0;
}
