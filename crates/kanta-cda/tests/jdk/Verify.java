import java.io.File;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.parsers.DocumentBuilderFactory;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Verifies every XML signature of the documents named on the command line; one line each: file, number, valid. */
public class Verify {
    static final String DS = XMLSignature.XMLNS;

    public static void main(String[] files) throws Exception {
        for (String file : files) {
            DocumentBuilderFactory builders = DocumentBuilderFactory.newInstance();
            builders.setNamespaceAware(true);
            Document document = builders.newDocumentBuilder().parse(new File(file));
            NodeList signatures = document.getElementsByTagNameNS(DS, "Signature");
            for (int index = 0; index < signatures.getLength(); index++) {
                System.out.println(file + " " + index + " " + isValid(document, (Element) signatures.item(index)));
            }
        }
    }

    static boolean isValid(Document document, Element signature) throws Exception {
        String base64 = signature.getElementsByTagNameNS(DS, "X509Certificate").item(0).getTextContent();
        byte[] der = Base64.getMimeDecoder().decode(base64);
        X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(der));
        DOMValidateContext context =
            new DOMValidateContext(KeySelector.singletonKeySelector(certificate.getPublicKey()), signature);
        context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.TRUE);
        NodeList all = document.getElementsByTagNameNS("*", "*");
        for (int index = 0; index < all.getLength(); index++) {
            Element element = (Element) all.item(index);
            if (element.hasAttributeNS(null, "ID")) {
                context.setIdAttributeNS(element, null, "ID");
            }
        }
        return XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context).validate(context);
    }
}
