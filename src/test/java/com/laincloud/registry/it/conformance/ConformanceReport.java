package com.laincloud.registry.it.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What a conformance program found.
 *
 * @param tests all that the program knows, in its order; a name may come more than once
 * @param passed whether the program itself says that the registry conforms
 */
record ConformanceReport(List<Test> tests, boolean passed) {

    /** One test: its name and {@code passed}, {@code skipped}, or any word for a failure; and why, if it says so. */
    record Test(String name, String status, String reason) {

        boolean isPassed() {
            return status.equals("passed");
        }

        boolean isSkipped() {
            return status.equals("skipped");
        }

        boolean isFailed() {
            return !isPassed() && !isSkipped();
        }

        @Override
        public String toString() {
            return status + ": " + name + (reason.isEmpty() ? "" : " (" + reason + ")");
        }
    }

    /** What a JUnit report says. */
    static ConformanceReport of(Path junit, boolean passed) {
        try {
            NodeList cases = DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(junit.toFile())
                    .getElementsByTagName("testcase");
            List<Test> tests = new ArrayList<>();
            for (int i = 0; i < cases.getLength(); i++) {
                Element test = (Element) cases.item(i);
                tests.add(new Test(test.getAttribute("name"), test.getAttribute("status"), reason(test)));
            }
            return new ConformanceReport(tests, passed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException(junit + " is no JUnit report", e);
        }
    }

    List<Test> failures() {
        return tests.stream().filter(Test::isFailed).toList();
    }

    List<Test> skips() {
        return tests.stream().filter(Test::isSkipped).toList();
    }

    long passes() {
        return tests.stream().filter(Test::isPassed).count();
    }

    /** One program says it in a failure's message, the other in what the test printed. */
    private static String reason(Element test) {
        NodeList failures = test.getElementsByTagName("failure");
        if (failures.getLength() > 0) {
            return ((Element) failures.item(0)).getAttribute("message");
        }
        NodeList printed = test.getElementsByTagName("system-out");
        return printed.getLength() > 0 ? printed.item(0).getTextContent() : "";
    }
}
