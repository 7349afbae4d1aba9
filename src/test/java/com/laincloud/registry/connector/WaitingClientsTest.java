package com.laincloud.registry.connector;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.connector.WaitingClients.WaitingClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WaitingClientsTest {

    private final WaitingClients clients = new WaitingClients();

    /** A client that leaves when it is given up. */
    private final class Client implements WaitingClient {

        private final boolean isSending;
        private final Duration silence;
        private volatile boolean isGivenUp;

        Client(boolean isSending, Duration silence) {
            this.isSending = isSending;
            this.silence = silence;
        }

        @Override
        public boolean isSending() {
            return isSending;
        }

        @Override
        public long silence(long now) {
            return silence.toNanos();
        }

        @Override
        public boolean isGivenUp() {
            return isGivenUp;
        }

        @Override
        public void giveUp() {
            isGivenUp = true;
            clients.leave(this);
        }
    }

    private List<Client> enter(int count, boolean isSending, Duration silence) {
        List<Client> entered = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Client client = new Client(isSending, silence);
            assertThat(clients.enter(client)).isTrue();
            entered.add(client);
        }
        return entered;
    }

    @Test
    void atMost64MaySendAnd112WaitAtAll() {
        enter(64, true, Duration.ofSeconds(1));
        assertThat(clients.enter(new Client(true, Duration.ZERO))).isFalse();
        enter(48, false, Duration.ofSeconds(1));
        assertThat(clients.enter(new Client(false, Duration.ZERO))).isFalse();
    }

    @Test
    void aPlaceThatIsGivenBackCanBeTakenOnceHoweverOftenItIsGivenBack() {
        List<Client> senders = enter(64, true, Duration.ofSeconds(1));
        clients.leave(senders.getFirst());
        clients.leave(senders.getFirst());
        enter(1, true, Duration.ZERO);
        assertThat(clients.enter(new Client(true, Duration.ZERO))).isFalse();
        enter(48, false, Duration.ZERO);
        assertThat(clients.enter(new Client(false, Duration.ZERO))).isFalse();
    }

    @Test
    void oneMoreTakesThePlaceOfTheClientThatWasSilentForLongest() {
        Client silent = new Client(true, Duration.ofSeconds(5));
        assertThat(clients.enter(silent)).isTrue();
        List<Client> others = enter(63, true, Duration.ofSeconds(4));

        assertThat(clients.enter(new Client(true, Duration.ZERO))).isTrue();

        assertThat(silent.isGivenUp()).isTrue();
        assertThat(others).noneMatch(Client::isGivenUp);
    }

    @Test
    void aSenderTakesNoPlaceOfAReaderThatIsOfNoUseToIt() {
        List<Client> readers = enter(10, false, Duration.ofMinutes(1));
        List<Client> senders = enter(64, true, Duration.ofSeconds(4));

        assertThat(clients.enter(new Client(true, Duration.ZERO))).isTrue();

        assertThat(readers).noneMatch(Client::isGivenUp);
        assertThat(senders).filteredOn(Client::isGivenUp).hasSize(1);
    }

    @Test
    void whereReadersHaveAllPlacesASenderTakesOneOfTheirs() {
        List<Client> readers = enter(112, false, Duration.ofSeconds(4));
        assertThat(clients.enter(new Client(true, Duration.ZERO))).isTrue();
        assertThat(readers).filteredOn(Client::isGivenUp).hasSize(1);
    }
}
