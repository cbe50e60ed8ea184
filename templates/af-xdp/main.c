/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ INTERFACE PORT` takes the UDP packets to a port out of the network stack, and
 * tells each second how many came, until Ctrl-C.
 */
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>

#include <skep/skep.h>

#include "bypass.skep.h"
#include "xsk.h"

static struct xsk sockets[QUEUES_MOST];
static unsigned long long packets, bytes, told;

static unsigned int queues_of(const char *interface)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };
	struct ifreq request = { .ifr_data = (char *)&channels };
	unsigned int queues;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
	queues = ioctl(fd, SIOCETHTOOL, &request) ? 1 : channels.combined_count + channels.rx_count;
	close(fd);
	return queues < 1 ? 1 : queues > QUEUES_MOST ? QUEUES_MOST : queues;
}

/* Here is where your work goes. `frame` begins with the Ethernet header, and is gone on return. */
static int on_packet(const unsigned char *frame, uint32_t length, void *ctx)
{
	(void)frame;
	(void)ctx;
	packets++;
	bytes += length;
	return 0;
}

static int on_readable(int fd, uint32_t events, void *xsk)
{
	(void)fd;
	(void)events;
	return xsk_receive(xsk, on_packet, NULL);
}

static int on_second(uint64_t expirations, void *ctx)
{
	(void)expirations;
	(void)ctx;
	if (packets != told)
		printf("%llu packets, %llu bytes\n", packets, bytes);
	told = packets;
	return fflush(stdout) ? skep_error_set(errno, NULL, "cannot print: %m") : 0;
}

static int open_sockets(struct bypass *app, struct skep_loop *loop, const char *interface)
{
	unsigned int queues = queues_of(interface), index = if_nametoindex(interface);

	for (unsigned int i = 0; i < queues; i++)
		if (xsk_open(&sockets[i], index, i) ||
		    skep_map_set_fd(bypass_map_sockets(app), i, sockets[i].fd) ||
		    skep_loop_add_fd(loop, sockets[i].fd, EPOLLIN, on_readable, &sockets[i]))
			return -1;
	fprintf(stderr, "@NAME@: %u queue%s, %s\n", queues, queues == 1 ? "" : "s",
		sockets[0].copies ? "the kernel copies" : "without copies");
	return 0;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(bypass) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	unsigned long long lost = 0;

	if (argc != 3) {
		fprintf(stderr, "Usage: @NAME@ INTERFACE PORT\n");
		return 2;
	}
	if (bypass_open(&app, NULL) ||
	    skep_number(argv[2], 1, UINT16_MAX, &bypass_consts(app)->port) || bypass_load(app) ||
	    skep_attach_xdp(&link, bypass_program_choose(app), argv[1], NULL) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    open_sockets(app, loop, argv[1]) ||
	    skep_loop_add_timer(loop, 1000000000, on_second, NULL) || skep_loop_run(loop))
		return skep_perror("@NAME@");
	for (int i = 0; i < QUEUES_MOST && sockets[i].fd; i++)
		lost += xsk_lost(&sockets[i]);
	printf("%llu packets, %llu bytes, %llu lost\n", packets, bytes, lost);
	return 0;
}
