package io.framequota.common.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NaturalOrderTest {
    @Test
    void numbersCompareByTheirValue() {
        List<String> expected = List.of(
                "a",
                "a1.png",
                "a2.png",
                "a02.png",
                "a10.png",
                "a99999999999999999999.png",
                "a100000000000000000000.png",
                "b/2/1.png",
                "b/2/2.png",
                "b/10/1.png");
        List<String> names = new ArrayList<>(expected);
        Collections.reverse(names);

        names.sort(NaturalOrder.INSTANCE);

        // Of a2 and a02 the one comes first that has the smaller character.
        assertThat(names)
                .containsExactly(
                        "a",
                        "a1.png",
                        "a02.png",
                        "a2.png",
                        "a10.png",
                        "a99999999999999999999.png",
                        "a100000000000000000000.png",
                        "b/2/1.png",
                        "b/2/2.png",
                        "b/10/1.png");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.png", "in/A.JPEG", "a.b.tiff"})
    void namesOfPicturesEndAsPicturesDo(String path) {
        assertThat(PictureNames.isPicture(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "a.txt", "a.zip", ".hidden.png", ".git/a.png", "__MACOSX/._a.png", "a.png/b"})
    void otherFilesAreNoPictures(String path) {
        assertThat(PictureNames.isPicture(path)).isFalse();
    }
}
