/* A program to trace: connects to itself over and over, and to a port where nobody listens. Build it here with: cc -o target target.c */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 8) || getsockname(listener, (struct sockaddr *)&address, &length))
		return 1;
	for (int i = 0;; i++) {
		struct sockaddr_in to = address;
		int client = socket(AF_INET, SOCK_STREAM, 0);
		if (i % 3 == 0)
			to.sin_port = htons(1);
		int failed = connect(client, (struct sockaddr *)&to, sizeof(to));
		printf("%s\n", failed ? "refused" : "connected");
		fflush(stdout);
		close(client);
		if (!failed)
			close(accept(listener, 0, 0));
		usleep(50000);
	}
}
