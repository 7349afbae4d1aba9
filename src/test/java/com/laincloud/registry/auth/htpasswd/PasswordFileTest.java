package com.laincloud.registry.auth.htpasswd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.laincloud.registry.auth.UnusableFileException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordFileTest {

    /** Made by Apache's htpasswd (2y) and by Python's bcrypt (2b, 2a). */
    @ParameterizedTest
    @CsvSource({
        "$2y$05$bZci1IdCkZHFzHv5qIEtuO6Kp8a0YFs4sRf50hLHN0pglt6d5SnnW, baggins",
        "$2y$04$IwECctXG/0Vt4jATDXAsH.zGTlSb8XUVB/a1tM9af3JpiuqbB/XTi, 공주님",
        "$2b$05$HGV4T4SGqSyie1uDpxJ2R.QfIpbp5Xqa6qp4e06qmhcW7Ln0EjvFe, second breakfast",
        "$2a$04$m2Dp/mDuS/ryuhLbY2P0C.CaOP5l.pUxMF6W.jvEQ0yMUIOhOuaGe, baggins",
    })
    void aHashIsOfItsPasswordAndOfNoOther(String text, String password) {
        PasswordHash hash = PasswordHash.parse(text).orElseThrow();

        assertThat(hash.isOf(password)).isTrue();
        assertThat(hash.isOf(password + " ")).isFalse();
        assertThat(hash.isOf("")).isFalse();
    }

    @Test
    void aPasswordOf72BytesIsTheLongest() {
        PasswordHash hash = PasswordHash.parse("$2b$04$jkUFpLov9izb.niZRO/1V.NVBnPqmc.G7LgOMgBrGF7eYSq8M2O0W")
                .orElseThrow();

        assertThat(PasswordHash.canBe("x".repeat(72))).isTrue();
        assertThat(hash.isOf("x".repeat(72))).isTrue();
        assertThat(PasswordHash.canBe("x".repeat(73))).isFalse();
        assertThat(PasswordHash.canBe("é".repeat(36))).isTrue();
        assertThat(PasswordHash.canBe("é".repeat(37))).isFalse();
        assertThat(PasswordHash.canBe("baggins\0")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "baggins",
                "{SHA}5siv5c0SHx681xU6GiSx9ZQryqs=",
                "$apr1$abcdefgh$0123456789012345678901",
                "$2x$05$bZci1IdCkZHFzHv5qIEtuO6Kp8a0YFs4sRf50hLHN0pglt6d5SnnW",
                "$2y$03$bZci1IdCkZHFzHv5qIEtuO6Kp8a0YFs4sRf50hLHN0pglt6d5SnnW",
                "$2y$18$bZci1IdCkZHFzHv5qIEtuO6Kp8a0YFs4sRf50hLHN0pglt6d5SnnW",
                "$2y$05$bZci1IdCkZHFzHv5qIEtuO6Kp8a0YFs4sRf50hLHN0pglt6d5Snn",
                "$2y$05$bZci1IdCkZHFzHv5qIEtuO6Kp8a0YFs4sRf50hLHN0pglt6d5Snn:",
            })
    void anyOtherHashIsNone(String text) {
        assertThat(PasswordHash.parse(text)).isEqualTo(Optional.empty());
    }

    @Test
    void aFileHoldsUsersCommentsAndUsersWhoCannotLogIn() {
        PasswordFile file = PasswordFile.parse("""
                # users

                frodo:$2y$05$bZci1IdCkZHFzHv5qIEtuO6Kp8a0YFs4sRf50hLHN0pglt6d5SnnW
                bilbo:{SHA}5siv5c0SHx681xU6GiSx9ZQryqs=\r
                공주:$2y$04$IwECctXG/0Vt4jATDXAsH.zGTlSb8XUVB/a1tM9af3JpiuqbB/XTi\r
                """.getBytes(UTF_8));

        assertThat(file.hashes()).containsOnlyKeys("frodo", "공주");
        assertThat(file.ofUnknownName().cost()).as("of the slowest").isEqualTo(5);
        assertThat(PasswordFile.parse(new byte[0]).hashes()).isEmpty();
    }

    @Test
    void noKnownPasswordFitsTheHashOfAnUnknownName() {
        assertThat(PasswordHash.parse(PasswordHash.ofUnknownName(5).text())).isPresent();
        assertThat(PasswordHash.ofUnknownName(4).isOf("")).isFalse();
        assertThat(PasswordHash.ofUnknownName(4).isOf("baggins")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no colon",
                ":$2y$05$bZci1IdCkZHFzHv5qIEtuO6Kp8a0YFs4sRf50hLHN0pglt6d5SnnW",
                "a:$2y$05$bZci1IdCkZHFzHv5qIEtuO6Kp8a0YFs4sRf50hLHN0pglt6d5SnnW\n\na:$2y$05$bZci1IdCkZHFzHv5qIEtuO6Kp8a0YFs4sRf50hLHN0pglt6d5SnnW",
            })
    void aLineThatIsNoUserIsRefusedWithItsNumber(String content) {
        assertThatExceptionOfType(UnusableFileException.class)
                .isThrownBy(() -> PasswordFile.parse(content.getBytes(UTF_8)))
                .withMessageStartingWith("line " + content.lines().count());
    }
}
