/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which field of the context an access is of, and why it is refused: of the struct that the program's
 * section, its own first line or what it read before tells; else of each that it may be.
 */
#include <linux/bpf.h>
#include <stddef.h>

#include "verifier/explanation.h"
#include "verifier/log/decode.h"
#include "verifier/object/objinfo.h"

#define POINTER      1
#define PERHAPS_MOST 3

struct context_field {
	const char *name;
	unsigned short off, bytes, pointer;
};

#define FIELD(type, name)                                                                          \
	{                                                                                          \
#name, offsetof(struct type, name), sizeof(((struct type *)0)->name), 0            \
	}
#define POINTER_FIELD(type, name)                                                                  \
	{                                                                                          \
#name, offsetof(struct type, name), 8, POINTER                                     \
	}
#define ADDRESS(type, v4, v6) FIELD(type, v4), FIELD(type, v6)

static const struct context_field packet[] = {
	FIELD(__sk_buff, len),
	FIELD(__sk_buff, pkt_type),
	FIELD(__sk_buff, mark),
	FIELD(__sk_buff, queue_mapping),
	FIELD(__sk_buff, protocol),
	FIELD(__sk_buff, vlan_present),
	FIELD(__sk_buff, vlan_tci),
	FIELD(__sk_buff, vlan_proto),
	FIELD(__sk_buff, priority),
	FIELD(__sk_buff, ingress_ifindex),
	FIELD(__sk_buff, ifindex),
	FIELD(__sk_buff, tc_index),
	FIELD(__sk_buff, cb),
	FIELD(__sk_buff, hash),
	FIELD(__sk_buff, tc_classid),
	FIELD(__sk_buff, data),
	FIELD(__sk_buff, data_end),
	FIELD(__sk_buff, napi_id),
	FIELD(__sk_buff, family),
	ADDRESS(__sk_buff, remote_ip4, remote_ip6),
	ADDRESS(__sk_buff, local_ip4, local_ip6),
	FIELD(__sk_buff, remote_port),
	FIELD(__sk_buff, local_port),
	FIELD(__sk_buff, data_meta),
	POINTER_FIELD(__sk_buff, flow_keys),
	FIELD(__sk_buff, tstamp),
	FIELD(__sk_buff, wire_len),
	FIELD(__sk_buff, gso_segs),
	POINTER_FIELD(__sk_buff, sk),
	FIELD(__sk_buff, gso_size),
};
static const struct context_field xdp[] = {
	FIELD(xdp_md, data),           FIELD(xdp_md, data_end),
	FIELD(xdp_md, data_meta),      FIELD(xdp_md, ingress_ifindex),
	FIELD(xdp_md, rx_queue_index), FIELD(xdp_md, egress_ifindex),
};
static const struct context_field address[] = {
	FIELD(bpf_sock_addr, user_family),
	ADDRESS(bpf_sock_addr, user_ip4, user_ip6),
	FIELD(bpf_sock_addr, user_port),
	FIELD(bpf_sock_addr, family),
	FIELD(bpf_sock_addr, type),
	FIELD(bpf_sock_addr, protocol),
	ADDRESS(bpf_sock_addr, msg_src_ip4, msg_src_ip6),
	POINTER_FIELD(bpf_sock_addr, sk),
};
static const struct context_field option[] = {
	POINTER_FIELD(bpf_sockopt, sk),
	POINTER_FIELD(bpf_sockopt, optval),
	POINTER_FIELD(bpf_sockopt, optval_end),
	FIELD(bpf_sockopt, level),
	FIELD(bpf_sockopt, optname),
	FIELD(bpf_sockopt, optlen),
	FIELD(bpf_sockopt, retval),
};
static const struct context_field operations[] = {
	FIELD(bpf_sock_ops, op),
	FIELD(bpf_sock_ops, args),
	FIELD(bpf_sock_ops, family),
	ADDRESS(bpf_sock_ops, remote_ip4, local_ip4),
	FIELD(bpf_sock_ops, remote_ip6),
	FIELD(bpf_sock_ops, local_ip6),
	FIELD(bpf_sock_ops, remote_port),
	FIELD(bpf_sock_ops, local_port),
	POINTER_FIELD(bpf_sock_ops, sk),
	POINTER_FIELD(bpf_sock_ops, skb_data),
	POINTER_FIELD(bpf_sock_ops, skb_data_end),
};
static const struct context_field message[] = {
	POINTER_FIELD(sk_msg_md, data), POINTER_FIELD(sk_msg_md, data_end),
	FIELD(sk_msg_md, family),       ADDRESS(sk_msg_md, remote_ip4, local_ip4),
	FIELD(sk_msg_md, remote_ip6),   FIELD(sk_msg_md, local_ip6),
	FIELD(sk_msg_md, remote_port),  FIELD(sk_msg_md, local_port),
	FIELD(sk_msg_md, size),         POINTER_FIELD(sk_msg_md, sk),
};
static const struct context_field lookup[] = {
	POINTER_FIELD(bpf_sk_lookup, sk),
	FIELD(bpf_sk_lookup, family),
	FIELD(bpf_sk_lookup, protocol),
	ADDRESS(bpf_sk_lookup, remote_ip4, remote_ip6),
	ADDRESS(bpf_sk_lookup, local_ip4, local_ip6),
	FIELD(bpf_sk_lookup, local_port),
};
static const struct context_field device[] = {
	FIELD(bpf_cgroup_dev_ctx, access_type),
	FIELD(bpf_cgroup_dev_ctx, major),
	FIELD(bpf_cgroup_dev_ctx, minor),
};
static const struct context_field sysctl[] = {
	FIELD(bpf_sysctl, write),
	FIELD(bpf_sysctl, file_pos),
};

#define OF(fields) fields, sizeof(fields) / sizeof(fields[0])

/* `end`: no kernel that is known has a field from there on; 0 where that is left open. */
static const struct context {
	const char *name;
	const char *sections[8];
	const struct context_field *fields;
	size_t count;
	unsigned end;
} contexts[] = {
	{ "__sk_buff",
	  { "tc", "classifier", "action", "socket", "cgroup_skb", "cgroup/skb", "sk_skb", "lwt_" },
	  OF(packet),
	  0 },
	{ "__sk_buff", { "flow_dissector", "netkit/" }, OF(packet), 0 },
	{ "xdp_md", { "xdp" }, OF(xdp), 24 },
	{ "bpf_sock_addr",
	  { "cgroup/bind", "cgroup/connect", "cgroup/sendmsg", "cgroup/recvmsg",
	    "cgroup/getpeername", "cgroup/getsockname" },
	  OF(address),
	  72 },
	{ "bpf_sockopt", { "cgroup/getsockopt", "cgroup/setsockopt" }, OF(option), 40 },
	{ "bpf_sock_ops", { "sockops" }, OF(operations), 0 },
	{ "sk_msg_md", { "sk_msg" }, OF(message), 80 },
	{ "bpf_sk_lookup", { "sk_lookup" }, OF(lookup), 72 },
	{ "bpf_cgroup_dev_ctx", { "cgroup/dev" }, OF(device), 12 },
	{ "bpf_sysctl", { "cgroup/sysctl" }, OF(sysctl), 8 },
};

#define CONTEXTS (sizeof(contexts) / sizeof(contexts[0]))

static void set(struct skep_case *c, const char *name, const char *text)
{
	skep_fields_set(&c->fields, skep_span_of(name), skep_span_of(text));
}

static const struct context *of_section(const struct skep_case *c)
{
	struct skep_spot spot;
	struct skep_span section;

	if (!c->request->object || !skep_objinfo_spot(c->request->object, 0, &spot) ||
	    !spot.section)
		return NULL;
	section = skep_span_of(spot.section);
	for (size_t i = 0; i < CONTEXTS; i++)
		for (size_t s = 0; s < 8 && contexts[i].sections[s]; s++)
			if (skep_span_starts(section, skep_span_of(contexts[i].sections[s])))
				return &contexts[i];
	return NULL;
}

/* `int f(struct xdp_md *ctx)`: the line that a function begins with. */
static const struct context *of_head(const struct skep_case *c)
{
	for (size_t i = 0; i < c->lines.count; i++) {
		struct skep_span text = c->lines.at[i].text;
		ptrdiff_t at = c->lines.at[i].kind == SKEP_LINE_SOURCE
				       ? skep_span_find(text, SPAN("(struct "))
				       : -1;

		if (at < 1 || !skep_is_word(text.at[at - 1]))
			continue;
		text = skep_span_from(text, (size_t)at + 8);
		for (size_t k = 0; k < CONTEXTS; k++)
			if (skep_span_starts(text, skep_span_of(contexts[k].name)) &&
			    skep_span_starts(skep_span_from(text, strlen(contexts[k].name)),
					     SPAN(" *")))
				return &contexts[k];
	}
	return NULL;
}

/* Only these two give pointers into the packet where four bytes of the context are read. */
static const struct context *of_packet(const struct skep_case *c)
{
	for (size_t i = c->path.count; i-- > 1;) {
		struct skep_op op = skep_insn_decode(&c->path.at[i].insn);
		struct skep_span value;

		if (op.kind != SKEP_OP_LOAD || op.bytes != 4 || i <= c->refused ||
		    (op.number && op.number != 4 && op.number != 76 && op.number != 80) ||
		    !skep_span_is(skep_value_type(skep_path_register(&c->path, i, op.src)),
				  SPAN("ctx")))
			continue;
		value = skep_value_type(skep_path_register(&c->path, i - 1, op.dst));
		if (skep_span_is(value, SPAN("pkt")) || skep_span_is(value, SPAN("pkt_end")))
			return &contexts[op.number > 4 ? 0 : 2];
	}
	return NULL;
}

static const struct context_field *field_at(const struct context *context, int64_t off,
					    int64_t size)
{
	for (size_t i = 0; i < context->count; i++)
		if (off < context->fields[i].off + context->fields[i].bytes &&
		    off + size > context->fields[i].off)
			return &context->fields[i];
	return NULL;
}

/* Arrays are accessed by their elements, of four bytes each. */
static bool is_whole(const struct context_field *field, int64_t off, int64_t size)
{
	return field->bytes > 8 ? size == 4 && !((off - field->off) & 3)
				: off == field->off && size == field->bytes;
}

static bool is_part(const struct context_field *field, int64_t off, int64_t size)
{
	return off >= field->off && off + size <= field->off + field->bytes;
}

static void add_known(struct skep_case *c, const struct context *context, int64_t off, int64_t size)
{
	const struct context_field *field = field_at(context, off, size);

	set(c, "context", skep_arena_printf(c->arena, "struct %s", context->name));
	if (context->end && off >= context->end) {
		set(c, "outside", "behind");
		set(c, "context_end", skep_arena_printf(c->arena, "%u", context->end));
		return;
	}
	if (!field)
		return;
	set(c, "field", field->name);
	set(c, "field_bytes", skep_arena_printf(c->arena, "%d bytes", field->bytes));
	if (is_whole(field, off, size))
		set(c, "part", "whole");
	else if (!is_part(field, off, size))
		set(c, "part", "more");
	else
		set(c, "part", field->pointer ? "half" : "some");
}

/* Where the struct is not known: what the bytes are in those that have something there. */
static void add_perhaps(struct skep_case *c, int64_t off, int64_t size)
{
	const char *words = NULL;
	size_t count = 0;

	for (size_t i = 0; i < CONTEXTS; i++) {
		const struct context_field *field = field_at(&contexts[i], off, size);

		if (!field || (i && contexts[i].fields == contexts[i - 1].fields))
			continue;
		if (++count > PERHAPS_MOST)
			return;
		words = skep_arena_printf(c->arena, "%s%s%s`%s` of `struct %s`", words ? words : "",
					  words ? ", or " : "",
					  is_whole(field, off, size)  ? ""
					  : is_part(field, off, size) ? "a part of "
								      : "more than ",
					  field->name, contexts[i].name);
	}
	if (words)
		set(c, "perhaps", words);
}

/* The same bytes were read before on this path: what is refused is only to write them. */
static bool was_read(const struct skep_case *c, int64_t off, int64_t size)
{
	for (size_t i = c->refused + 1; i < c->path.count; i++) {
		struct skep_op op = skep_insn_decode(&c->path.at[i].insn);

		if (op.kind == SKEP_OP_LOAD && op.number == off && op.bytes == size &&
		    skep_span_is(skep_value_type(skep_path_register(&c->path, i, op.src)),
				 SPAN("ctx")))
			return true;
	}
	return false;
}

void skep_facts_add_context(struct skep_case *c)
{
	const struct context *context = of_section(c);
	int64_t off, size;

	if (!context)
		context = of_head(c);
	if (!context)
		context = of_packet(c);
	/* There 0 is XDP_ABORTED, an error. */
	if (context && context->fields == xdp)
		set(c, "bail", "XDP_PASS");
	if (c->entry->number != 130 || !skep_fields_number(&c->fields, SPAN("off"), &off) ||
	    !skep_fields_number(&c->fields, SPAN("size"), &size) || size <= 0 || size > 8 ||
	    off > 65536 || off < -65536 ||
	    skep_span_find(c->message, SPAN("bpf_context access")) < 0)
		return;
	set(c, "written", was_read(c, off, size) ? "read" : "never");
	if (off < 0)
		set(c, "outside", "before");
	else if (off % size)
		set(c, "aligned", "no");
	if (context)
		add_known(c, context, off, size);
	else
		add_perhaps(c, off, size);
}
