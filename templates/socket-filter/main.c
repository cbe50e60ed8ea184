/* SPDX-License-Identifier: 0BSD */
/* The user side: `@NAME@ PORT` prints the packets from and to a port, of all interfaces, until Ctrl-C. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <skep/skep.h>

#include "sniff.skep.h"

static int on_packet(int fd, uint32_t events, void *ctx)
{
	unsigned char packet[128];
	struct sockaddr_ll from;
	socklen_t length = sizeof(from);
	ssize_t bytes = recvfrom(fd, packet, sizeof(packet), MSG_TRUNC | MSG_DONTWAIT,
				 (struct sockaddr *)&from, &length);
	const unsigned char *ip = packet + ETH_HLEN, *ports = ip + (ip[0] & 0xf) * 4;
	char source[INET_ADDRSTRLEN], destination[INET_ADDRSTRLEN];

	(void)events;
	(void)ctx;
	if (bytes < ETH_HLEN + 20 + 4)
		return 0;
	inet_ntop(AF_INET, ip + 12, source, sizeof(source));
	inet_ntop(AF_INET, ip + 16, destination, sizeof(destination));
	printf("%-3s %s %s:%d > %s:%d, %d bytes\n",
	       from.sll_pkttype == PACKET_OUTGOING ? "out" : "in",
	       ip[9] == IPPROTO_TCP ? "TCP" : "UDP", source, ports[0] << 8 | ports[1], destination,
	       ports[2] << 8 | ports[3], ip[2] << 8 | ip[3]);
	return ferror(stdout) ? skep_error_set(EIO, NULL, "cannot print") : 0;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(sniff) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 2) {
		fprintf(stderr, "Usage: @NAME@ PORT\n");
		return 2;
	}
	if (sniff_open(&app, NULL) ||
	    skep_number(argv[1], 1, UINT16_MAX, &sniff_consts(app)->wanted_port))
		return skep_perror("@NAME@");
	/* The filter comes first, and only then the packets. */
	if (sniff_load(app) || skep_attach_socket(&link, sniff_program_choose(app), fd, NULL))
		return skep_perror("@NAME@");
	if (bind(fd,
		 (struct sockaddr *)&(struct sockaddr_ll){ .sll_family = AF_PACKET,
							   .sll_protocol = htons(ETH_P_ALL) },
		 sizeof(struct sockaddr_ll))) {
		perror("@NAME@: bind");
		return 1;
	}
	if (skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    skep_loop_add_fd(loop, fd, EPOLLIN, on_packet, NULL) || skep_loop_run(loop))
		return skep_perror("@NAME@");
	fprintf(stderr, "@NAME@: %llu packets looked at\n",
		(unsigned long long)sniff_bss(app)->looked_at);
	close(fd);
	return 0;
}
