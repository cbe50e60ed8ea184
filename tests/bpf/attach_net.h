/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What attach_net.bpf.c counts. */
#ifndef ATTACH_NET_H
#define ATTACH_NET_H

#define COUNTS     16
#define STEPS      64
#define COUNT_XDP  0
#define COUNT_TC   1
#define COUNT_TCX  2
#define COUNT_NK   3
#define COUNT_NF   4
#define COUNT_SK   5
#define COUNT_FLOW 6
#define COUNT_IN   7
#define COUNT_OUT  8
#define COUNT_XMIT 9
#define COUNT_DROP 10

struct net_seen {
	unsigned long long counts[COUNTS];
	unsigned int steps[STEPS]; /* which programs ran, one after the other */
	unsigned int step;
	unsigned int pad;
};

#endif
