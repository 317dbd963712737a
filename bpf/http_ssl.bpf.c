/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * HTTP/1 within TLS, by the calls of the TLS library: one event per exchange, on either side. The library says which session the plain bytes belong
 * to; which connection that is follows from the socket calls around it, so that no layout of the library's structs is needed:
 *
 *	the library calls the socket while the thread is in one of its calls       nginx, Python, curl, wget
 *	the program hands over ciphertext that it received itself, from any thread   .NET
 *	the thread receives ciphertext and next calls the library, or the reverse    node, asyncio
 */
#include "http_wire/wire_counters.h"
#define TRACER_COUNTERS HTTP_WIRE_COUNTERS COUNT_NOT_JOINED, /* plain bytes of a session whose connection is not known yet */

#include "http_ssl/ciphertext.h"
#include "http_wire/syscall.h"
#include <beyla/target.h>

/* ---- plain bytes ---- */

/* Hands bytes of a session to its exchange. Cost: that of the exchange. */
static __always_inline void session_io(struct session *session, const struct target *target, bool sent, u64 buffer, u64 length)
{
	struct io io = {
		.length = length,
		.time = bpf_ktime_get_ns(),
		.process = target->process,
		.sent = sent,
		.blocks = session->blocks,
		.headers = target->flags,
		.segments = { { .base = buffer, .length = length } },
	};
	if (!session->joined)
		count(COUNT_NOT_JOINED);
	exchange_io(&session->exchange, &io);
	if (session->exchange.ignored == IGNORED_HTTP2)
		http2_io(&session->http2, &session->exchange, &io);
}

/* ---- calls that return something, and during which the library may call the socket ---- */

static __always_inline int call_begin(enum call call, u64 session, u64 buffer, u64 length_at)
{
	struct thread *thread = target_current() ? thread_current() : 0;
	if (!thread)
		return 0;
	thread->session = session;
	thread->buffer = buffer;
	thread->length_at = length_at;
	thread->call = call;
	thread->nested = false;
	return 0;
}

/* What the call's end tells of the session's connection; the session, or the one that its address stands for now. */
static __always_inline struct session *call_join(struct thread *thread, struct session *session, const struct target *target)
{
	if (session && !thread->nested && thread->received.cookie && (thread->handed || !session->joined))
		session = session_join(session, thread->session, &thread->received, thread->handed ? JOINED_BY_BYTES : JOINED_BY_ORDER, target);
	thread->received.cookie = 0;
	thread->handed = false;
	thread->sending = !session || session->joined ? 0 : thread->session;
	return session;
}

static __always_inline int call_end(s32 result)
{
	struct target *target = target_current();
	struct thread *thread = target ? thread_known() : 0;
	if (!thread || !thread->call)
		return 0;
	u8 call = thread->call;
	u64 length = result > 0 ? result : 0;
	thread->call = CALL_NONE;
	struct session *session = call_join(thread, session_of(thread->session), target);
	if (!session)
		return 0;
	if (call == CALL_READ || call == CALL_READ_EX)
		session->settled |= length != 0;
	if (call == CALL_READ_EX && length && bpf_probe_read_user(&length, sizeof(length), (void *)thread->length_at))
		count(COUNT_READ_FAILED);
	else if (call != CALL_HANDSHAKE && length)
		session_io(session, target, false, thread->buffer, length);
	return 0;
}

/* int SSL_do_handshake(SSL *ssl); int gnutls_handshake(gnutls_session_t session) */
SEC("uprobe")
int handshake_begin(struct pt_regs *ctx)
{
	return call_begin(CALL_HANDSHAKE, PT_REGS_PARM1(ctx), 0, 0);
}

/* int SSL_read(SSL *ssl, void *buf, int num); ssize_t gnutls_record_recv(gnutls_session_t session, void *data, size_t data_size) */
SEC("uprobe")
int read_begin(struct pt_regs *ctx)
{
	return call_begin(CALL_READ, PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), 0);
}

/* int SSL_read_ex(SSL *ssl, void *buf, size_t num, size_t *readbytes) */
SEC("uprobe")
int read_ex_begin(struct pt_regs *ctx)
{
	return call_begin(CALL_READ_EX, PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), PT_REGS_PARM4(ctx));
}

SEC("uretprobe")
int call_returned(struct pt_regs *ctx)
{
	return call_end(PT_REGS_RC(ctx));
}

/* ---- calls whose entry says it all ---- */

/*
 * Whether a write is the last one again. node writes before the handshake is over; the library then takes nothing, and node tries the same again
 * after each step. Cost: one user read, for the writes before the first bytes were read.
 */
static __always_inline bool write_repeats(struct session *session, u64 buffer, u64 length)
{
	u64 bytes[WRITTEN / sizeof(u64)] = {};
	bool same = session->written_length == length;

	if (session->settled)
		return false;
	if (length >= WRITTEN)
		bpf_probe_read_user(bytes, WRITTEN, (void *)buffer);
	else
		bpf_probe_read_user(bytes, length & (WRITTEN - 1), (void *)buffer);
	for (u32 i = 0; i < WRITTEN / sizeof(u64); i++) {
		same &= session->written[i] == bytes[i];
		session->written[i] = bytes[i];
	}
	session->written_length = length;
	return same;
}

/*
 * The bytes are known when it begins, and a probe at its return would cost the target as much again. When the socket is full, the call fails and is
 * made again with the same bytes, behind which the program may have put more (nginx does): only those are new. Cost: that of the exchange.
 */
static __always_inline int write_of(u64 address, u64 buffer, u64 length, bool one_record)
{
	struct target *target = target_current();
	struct thread *thread = target ? thread_current() : 0;
	struct session *session = thread ? session_of(address) : 0;
	if (!session)
		return 0;
	thread->call = CALL_NONE;
	thread->writing = address;
	thread->sending = session->joined ? 0 : address;
	u64 known = session->repeats ? session->told : 0;
	session->repeats = 0;
	if (!length || length > 0x7fffffff || (known && (one_record || length <= known)))
		return 0;
	session->told = length;
	if (known || !write_repeats(session, buffer, length))
		session_io(session, target, true, buffer + known, length - known);
	return 0;
}

/* int SSL_write(SSL *ssl, const void *buf, int num); int SSL_write_ex(SSL *ssl, const void *buf, size_t num, size_t *written) */
SEC("uprobe")
int write_begin(struct pt_regs *ctx)
{
	return write_of(PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx), false);
}

enum { TLS_RECORD = 16384 }; /* plain bytes of a record at most: RFC 8446, section 5.1 */

/*
 * ssize_t gnutls_record_send(gnutls_session_t session, const void *data, size_t data_size): sends one record, however many bytes there are, and when
 * it is called again because the socket was full, the one that is left.
 */
SEC("uprobe")
int record_send_begin(struct pt_regs *ctx)
{
	u64 length = PT_REGS_PARM3(ctx);
	return write_of(PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), length < TLS_RECORD ? length : TLS_RECORD, true);
}

/* int SSL_shutdown(SSL *ssl); int gnutls_bye(gnutls_session_t session, gnutls_close_request_t how) */
SEC("uprobe")
int shutdown_begin(struct pt_regs *ctx)
{
	struct target *target = target_current();
	struct session *session = target ? session_known(PT_REGS_PARM1(ctx)) : 0;
	if (session)
		session_end(session, target);
	return 0;
}

/* void SSL_free(SSL *ssl); void gnutls_deinit(gnutls_session_t session): the address will stand for another session */
SEC("uprobe")
int free_begin(struct pt_regs *ctx)
{
	struct session_key key = session_key_of(PT_REGS_PARM1(ctx));
	struct target *target = target_current();
	struct session *session = target ? bpf_map_lookup_elem(&sessions, &key) : 0;
	if (!session)
		return 0;
	session_end(session, target);
	bpf_map_delete_elem(&sessions, &key);
	return 0;
}

/*
 * int32_t CryptoNative_BioWrite(BIO *b, const void *buf, int32_t len), src/native/libs/System.Security.Cryptography.Native/pal_bio.c: .NET hands
 * over what it received; the same thread then makes the call that reads it.
 */
SEC("uprobe")
int ciphertext_handed(struct pt_regs *ctx)
{
	struct fingerprint print = { .pid = bpf_get_current_pid_tgid() >> 32 };
	struct thread *thread = target_current() ? thread_current() : 0;
	if (!thread)
		return 0;
	thread->handed = true;
	thread->received.cookie = 0;
	if ((s32)PT_REGS_PARM3(ctx) < FINGERPRINT || bpf_probe_read_user(print.bytes, FINGERPRINT, (void *)PT_REGS_PARM2(ctx)))
		return 0;
	struct connection *connection = bpf_map_lookup_elem(&received_ciphertext, &print);
	if (connection)
		thread->received = *connection;
	return 0;
}

/* ---- sockets ---- */

/* The library uses a socket in one of its calls. waits: the socket call may, and with it the thread. */
static __always_inline void socket_nested(struct thread *thread, struct sock *sk, enum hook hook, bool waits, const struct target *target)
{
	struct connection connection;

	if (thread->nested)
		return;
	thread->nested = true;
	struct session *session = session_of(thread->session);
	if (!session)
		return;
	u64 id = socket_id(sk, hook);
	if (!(session->joined & JOINED_BY_CALL) || session->exchange.record.connection.cookie != id) {
		socket_connection(sk, id, hook, &connection);
		session = session_join(session, thread->session, &connection, JOINED_BY_CALL, target);
	}
	if (session)
		session->blocks = waits;
}

/* A receive on a TCP socket is over, or waits. */
static __always_inline int receive_over(struct sock *sk, enum hook hook, s32 result, bool waits, const struct target *target)
{
	struct thread *thread = thread_known();
	if (thread && thread->call) {
		socket_nested(thread, sk, hook, waits, target);
		return 0;
	}
	if (result <= 0)
		return 0;
	struct io io = { .length = result };
	io_of_syscall(&io, user_registers());
	ciphertext_received(sk, socket_id(sk, hook), hook, &io);
	return 0;
}

/* The socket was full in a write of the library, if it was one: then the program will write the same again. */
static __always_inline void socket_full(struct thread *thread, struct sock *sk, enum hook hook)
{
	struct session *session = thread->writing ? session_known(thread->writing) : 0;
	if (session && session->joined & JOINED_BY_CALL && session->exchange.record.connection.cookie == socket_id(sk, hook))
		session->repeats = 1;
}

/* A send on a TCP socket is over, or waits. result: bytes sent; negative: none, the socket is full. */
static __always_inline int send_over(struct sock *sk, enum hook hook, s32 result, bool waits, const struct target *target)
{
	struct thread *thread = thread_known();
	if (!thread)
		return 0;
	if (thread->call) {
		socket_nested(thread, sk, hook, waits, target);
	} else if (result < 0) {
		socket_full(thread, sk, hook);
	} else if (result > 0 && thread->sending) {
		struct io io = { .length = result };
		io_of_syscall(&io, user_registers());
		ciphertext_sent(thread, sk, socket_id(sk, hook), hook, &io, target);
	}
	return 0;
}

static __always_inline int typed_receive_over(struct sock *sk, int ret, int flags)
{
	struct target *target = target_current();
	return target && connection_is_tcp(sk) && !(flags & (MSG_PEEK | MSG_ERRQUEUE)) ? receive_over(sk, HOOK_TYPED, ret, !(flags & MSG_DONTWAIT), target) : 0;
}

static __always_inline int typed_send_over(struct sock *sk, int ret, int flags)
{
	struct target *target = target_current();
	return target && connection_is_tcp(sk) ? send_over(sk, HOOK_TYPED, ret, !(flags & MSG_DONTWAIT), target) : 0;
}

/* TP_PROTO(struct sock *sk, int ret, int flags): since Linux 6.3; at the end of each receive, also of those that fail */
SEC("tp_btf/sock_recv_length")
int BPF_PROG(socket_received, struct sock *sk, int ret, int flags)
{
	return typed_receive_over(sk, ret, flags);
}

/* TP_PROTO(struct sock *sk, int ret, int flags) */
SEC("tp_btf/sock_send_length")
int BPF_PROG(socket_sent, struct sock *sk, int ret, int flags)
{
	return typed_send_over(sk, ret, flags);
}

/* int tcp_sendmsg(struct sock *sk, struct msghdr *msg, size_t size); whether it may wait is not known: parents are left out */
SEC("fexit/tcp_sendmsg")
int BPF_PROG(message_sent, struct sock *sk)
{
	u64 result = 0;
	return bpf_get_func_ret(ctx, &result) ? 0 : typed_send_over(sk, (int)result, MSG_DONTWAIT);
}

/*
 * int tcp_recvmsg(struct sock *sk, struct msghdr *msg, size_t len, int flags, int *addr_len); before Linux 5.19 with an argument more, nonblock, in
 * front of flags
 */
SEC("fexit/tcp_recvmsg")
int BPF_PROG(message_received, struct sock *sk)
{
	u64 result = 0, flags = 0;
	u64 before = bpf_get_func_arg_cnt(ctx) > 5 ? 4 : 3;
	return bpf_get_func_ret(ctx, &result) || bpf_get_func_arg(ctx, before, &flags) ? 0 : typed_receive_over(sk, (int)result, (int)flags);
}

/* ---- kernels without trampolines: see socket_call.h ---- */

/* int tcp_sendmsg(struct sock *sk, struct msghdr *msg, size_t size) */
SEC("kprobe/tcp_sendmsg")
int BPF_KPROBE(send_begins, const struct sock *sk, const struct msghdr *message, u64 size)
{
	return target_current() ? socket_call_begin_send(sk, message, size) : 0;
}

/* int tcp_recvmsg(struct sock *sk, struct msghdr *msg, size_t len, int flags, int *addr_len); before Linux 5.19: see socket_call_begin_receive */
SEC("kprobe/tcp_recvmsg")
int BPF_KPROBE(receive_begins, const struct sock *sk, const struct msghdr *message, u64 size, int flags)
{
	return target_current() ? socket_call_begin_receive(sk, message, size, flags) : 0;
}

/* void release_sock(struct sock *sk) */
SEC("kprobe/release_sock")
int BPF_KPROBE(socket_released, struct sock *sk)
{
	struct target *target = target_current();
	struct socket_call *call = target ? socket_call_of(sk) : 0;
	if (!call)
		return 0;
	struct socket_progress progress = socket_call_progress(call);
	if (!call->sends)
		return receive_over(sk, HOOK_KPROBE, progress.length, call->waits, target);
	return send_over(sk, HOOK_KPROBE, progress.length || call->waits ? (s32)progress.length : -EAGAIN, call->waits, target);
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
