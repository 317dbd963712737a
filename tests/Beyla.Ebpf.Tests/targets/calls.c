/*
 * Prints "pid", the addresses of its ten functions, then obeys lines: "N VALUE" calls workN(VALUE), "t N VALUE" does so on another
 * thread; it answers each with the result. Ends with its input.
 */
#include <pthread.h>
#include <stdio.h>

#define WORK(n) __attribute__((noinline)) long work##n(long value) { __asm__ volatile("" ::: "memory"); return value * 2 + n; }
WORK(0) WORK(1) WORK(2) WORK(3) WORK(4) WORK(5) WORK(6) WORK(7) WORK(8) WORK(9)

static long (*const work[])(long) = { work0, work1, work2, work3, work4, work5, work6, work7, work8, work9 };

struct order { int which; long value, result; };

static void *obey(void *argument)
{
	struct order *order = argument;
	order->result = work[order->which](order->value);
	return 0;
}

int main(void)
{
	char line[64];
	for (int i = 0; i < 10; i++)
		printf("%lx ", (unsigned long)work[i]);
	printf("\n");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		struct order order = { 0 };
		pthread_t thread;
		if (sscanf(line, "t %d %ld", &order.which, &order.value) == 2) {
			pthread_create(&thread, 0, obey, &order);
			pthread_join(thread, 0);
		} else if (sscanf(line, "%d %ld", &order.which, &order.value) == 2) {
			obey(&order);
		}
		printf("%ld\n", order.result);
		fflush(stdout);
	}
	return 0;
}
