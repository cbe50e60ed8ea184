/* SPDX-License-Identifier: 0BSD */
/* The kernel side: a clock when a request goes to the driver, a histogram when it is done. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/field.h>
#include <skep/bpf/hist.h>
#include <skep/bpf/latency.h>
#include <skep/bpf/trace.h>
#include <bpf/bpf_core_read.h>
#include "blocks.h"

SKEP_LICENSE("GPL");

SKEP_LATENCY_BY(running, struct request *, 16384);
SKEP_HIST_LOG2_BY(took_us, struct requests, 1024);

/* Where a request's disk is: up to 5.16 in itself, since 5.15 in its queue. */
SKEP_FIELDS(request, disk, struct gendisk *rq_disk;);
SKEP_FIELDS(request_queue, disk, struct gendisk *disk;);

static struct gendisk *disk_of(struct request *rq)
{
	struct request_queue___disk *queue = (void *)BPF_CORE_READ(rq, q);
	struct gendisk *disk = skep_field_any(queue, (struct gendisk *)0, disk);

	return disk ? disk : skep_field_any((struct request___disk *)rq, disk, rq_disk);
}

/*
 * Up to 5.10, which is known by this field, the queue came first. (Not by a struct that is gone: libbpf looks for
 * one in modules, too, and for that wants CAP_SYS_ADMIN.)
 */
SKEP_FIELDS(block_device, before_5_11, void *bd_part;);

static struct request *issued(const __u64 *arguments)
{
	__u64 rq = 0;

	if (bpf_core_field_exists(struct block_device___before_5_11, bd_part)) {
		rq = arguments[1];
		asm volatile("" : "+r"(rq)); /* of two readings the compiler would make one */
	} else {
		rq = arguments[0];
	}
	return (struct request *)rq;
}

SEC("raw_tp/block_rq_issue")
int on_issue(__u64 *ctx)
{
	struct request *rq = issued(ctx);

	skep_latency_start_of(&running, &rq);
	return 0;
}

SEC("raw_tp/block_rq_complete")
int SKEP_RAW_TP(on_complete, struct request *rq, int error, unsigned int bytes)
{
	struct requests which = {};
	struct gendisk *disk = disk_of(rq);
	__u64 ns;

	if (bytes < BPF_CORE_READ(rq, __data_len))
		return 0; /* a part of it; the rest will come */
	ns = skep_latency_end_of(&running, &rq);
	if (!ns || !disk)
		return 0; /* it began before we came; or it is not about a disk's data */
	BPF_CORE_READ_STR_INTO(&which.disk, disk, disk_name);
	which.operation = BPF_CORE_READ(rq, cmd_flags) & 0xff;
	if (which.operation > OTHER_OP)
		which.operation = OTHER_OP;
	skep_hist_add_to(&took_us, &which, ns / 1000);
	return 0;
}
