import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/** Times work: prints who, a tab, and how often a second of CPU time of the whole process, so that the collector is paid for. */
final class Clock {
    interface Work { Object run() throws Exception; }

    static volatile Object sink;

    /** The median of nine rounds after a warm-up. */
    static void race(String who, long slice, Work work) throws Exception {
        var clock = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long nanos = slice * 1_000_000L;
        long start = System.nanoTime();
        while (System.nanoTime() - start < 30 * nanos) sink = work.run();
        int calls = 0;
        start = System.nanoTime();
        while (System.nanoTime() - start < nanos) { sink = work.run(); calls++; }
        double[] rates = new double[9];
        for (int round = 0; round < rates.length; round++) {
            long before = clock.getProcessCpuTime();
            for (int call = 0; call < calls; call++) sink = work.run();
            rates[round] = calls / ((clock.getProcessCpuTime() - before) / 1e9);
        }
        Arrays.sort(rates);
        System.out.println(who + "\t" + rates[rates.length / 2]);
    }
}
