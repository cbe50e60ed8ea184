/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The terminal: a screen of its own that is given back however this ends, and keys without Enter.
 * Signals are taken, so that the end goes through main(): Ctrl-C, a closed terminal, `kill`.
 */
#include "top.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define ESC "\x1b"

static struct {
	bool screen, keys; /* the screen is ours; so are the keys */
	struct termios before;
	sigset_t mask;
} terminal;

static volatile sig_atomic_t ended, stopped, resized;

static void note(int signal)
{
	if (signal == SIGTSTP)
		stopped = 1;
	else if (signal == SIGWINCH)
		resized = 1;
	else
		ended = 1;
}

static void take_signals(bool screen)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = note }, now;

	sigemptyset(&action.sa_mask);
	sigprocmask(SIG_SETMASK, NULL, &terminal.mask);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		/* Who started this with nohup, or in the background, meant it. */
		if (sigaction(ends[i], NULL, &now) || now.sa_handler == SIG_IGN)
			continue;
		sigdelset(&terminal.mask, ends[i]);
		sigaddset(&action.sa_mask, ends[i]);
		sigaction(ends[i], &action, NULL);
	}
	if (screen) {
		sigaction(SIGTSTP, &action, NULL);
		sigaction(SIGWINCH, &action, NULL);
		sigaddset(&action.sa_mask, SIGTSTP);
		sigaddset(&action.sa_mask, SIGWINCH);
	}
	/* They come while we wait and at no other time, so that none is lost before poll(). */
	sigprocmask(SIG_BLOCK, &action.sa_mask, NULL);
}

static void take_terminal(void)
{
	struct termios raw;

	terminal.keys = isatty(STDIN_FILENO) && !tcgetattr(STDIN_FILENO, &terminal.before);
	if (terminal.keys) {
		raw = terminal.before;
		raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		raw.c_cc[VMIN] = 0;
		raw.c_cc[VTIME] = 0;
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	}
	/* Its own screen, no cursor, no wrapping at the end of a line. */
	fputs(ESC "[?1049h" ESC "[?25l" ESC "[?7l", stdout);
	fflush(stdout);
	terminal.screen = true;
}

void top_screen_close(void)
{
	if (!terminal.screen)
		return;
	fputs(ESC "[?7h" ESC "[?25h" ESC "[?1049l", stdout);
	fflush(stdout);
	if (terminal.keys)
		tcsetattr(STDIN_FILENO, TCSANOW, &terminal.before);
	terminal.screen = false;
}

void top_screen_open(bool screen)
{
	take_signals(screen);
	if (screen)
		take_terminal();
}

void top_screen_begin(struct top_page *page)
{
	struct winsize size = { 0 };

	*page = (struct top_page){ .end = "\n" };
	if (!terminal.screen)
		return;
	/* What is left of a longer line is cleared; a terminal that knows no size has 80 x 24. */
	page->end = ESC "[K\n";
	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	page->width = size.ws_col ? size.ws_col : 80;
	page->height = (size.ws_row ? size.ws_row : 24) - 1;
	fputs(ESC "[H", stdout);
}

void top_screen_end(void)
{
	if (terminal.screen)
		fputs(ESC "[J", stdout);
}

static enum top_key read_key(void)
{
	char key;
	ssize_t n = read(STDIN_FILENO, &key, 1);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		return TOP_KEY_QUIT; /* the terminal is gone */
	if (n < 0)
		return TOP_KEY_NONE;
	if (key == 'q' || key == 'Q' || key == 4)
		return TOP_KEY_QUIT;
	return key == 's' ? TOP_KEY_SORT : TOP_KEY_NONE;
}

enum top_key top_screen_wait(uint64_t at_ns)
{
	struct pollfd keys = { .fd = terminal.keys ? STDIN_FILENO : -1, .events = POLLIN };
	struct timespec left;
	enum top_key key;
	uint64_t now;
	int n;

	for (;;) {
		now = top_now_ns();
		at_ns = at_ns > now ? at_ns : now;
		left.tv_sec = (time_t)((at_ns - now) / 1000000000);
		left.tv_nsec = (long)((at_ns - now) % 1000000000);
		n = ppoll(&keys, 1, &left, &terminal.mask);
		if (ended)
			return TOP_KEY_QUIT;
		if (stopped)
			return TOP_KEY_STOP;
		if (resized) {
			resized = 0;
			return TOP_KEY_DRAW;
		}
		if (n > 0) {
			key = read_key();
			if (key != TOP_KEY_NONE)
				return key;
		} else if (n == 0) {
			return TOP_KEY_NONE;
		}
	}
}

void top_screen_stop(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL }, ours;
	sigset_t stop;

	top_screen_close();
	stopped = 0;
	sigemptyset(&action.sa_mask);
	sigaction(SIGTSTP, &action, &ours);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL); /* here it stops */
	sigprocmask(SIG_BLOCK, &stop, NULL);
	sigaction(SIGTSTP, &ours, NULL);
	take_terminal();
}
