/* SPDX-License-Identifier: 0BSD */
/* What both sides share: a connection that has ended, as one of its ends sees it. */
#ifndef TCP_H
#define TCP_H

#include <skep/types.h>

struct tcp_event {
	__be32 local_address, remote_address;
	__u16 local_port, remote_port;
	__u32 round_trip_us; /* smoothed */
	__u64 sent;          /* bytes that the other end has acknowledged */
	__u64 received;
	__u32 segments_again;
	__u32 client; /* it began the connection */
	__u64 took_ns;
};

#endif
